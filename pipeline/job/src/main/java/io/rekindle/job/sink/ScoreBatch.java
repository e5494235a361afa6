package io.rekindle.job.sink;

import io.rekindle.job.engagement.Judgement;
import io.rekindle.job.outreach.Episodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judgements on their way to the database: the last of each user, since one statement may touch a
 * row only once, all that are worth a row of history, and those with news of an episode.
 */
final class ScoreBatch implements Tables.Batch<Judgement> {

  private final Map<String, Judgement> lastByUser = new LinkedHashMap<>();
  private final List<Judgement> history = new ArrayList<>();
  private final Map<String, Judgement> episodes = new TreeMap<>();

  @Override
  public void add(Judgement judgement) {
    lastByUser.put(judgement.userId(), judgement);
    if (judgement.changed() && !judgement.removed()) {
      history.add(judgement);
    }
    if (judgement.episode() != null) {
      // One that opens and closes in one batch is one row, and what it became last counts.
      episodes.put(Episodes.id(judgement.userId(), judgement.episode().openedAt()), judgement);
    }
  }

  @Override
  public int rows() {
    return lastByUser.size() + history.size() + episodes.size();
  }

  /** Scores to show, by user: writers that meet on rows then meet in the same order. */
  List<Judgement> scores() {
    return sorted(lastByUser.values(), false);
  }

  /** Users whose score is not to be shown any more. */
  List<Judgement> removals() {
    return sorted(lastByUser.values(), true);
  }

  List<Judgement> history() {
    return history;
  }

  /** The last judgement that opened or closed each episode, in the order of their ids. */
  List<Judgement> episodes() {
    return List.copyOf(episodes.values());
  }

  private static List<Judgement> sorted(Collection<Judgement> judgements, boolean removed) {
    return judgements.stream()
        .filter(judgement -> judgement.removed() == removed)
        .sorted(Comparator.comparing(Judgement::userId))
        .toList();
  }
}
