package io.rekindle.job.sink;

import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.scoring.contact.EpisodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Score updates on their way to the database: the last of each user, since one statement may touch
 * a row only once, all that are worth a row of history, and those that open or close an episode.
 */
final class ScoreBatch implements Tables.Batch<ScoreUpdate> {

  private final Map<String, ScoreUpdate> lastByUser = new LinkedHashMap<>();
  private final List<ScoreUpdate> history = new ArrayList<>();
  private final Map<String, ScoreUpdate> episodes = new TreeMap<>();

  @Override
  public void add(ScoreUpdate update) {
    lastByUser.put(update.userId(), update);
    if (update.changed() && !update.removed()) {
      history.add(update);
    }
    if (update.episode() != null) {
      // One that opens and closes in one batch is one row, and what it became last counts.
      episodes.put(EpisodeId.of(update.userId(), update.episode().openedAt()), update);
    }
  }

  @Override
  public int rows() {
    return lastByUser.size() + history.size() + episodes.size();
  }

  /** Scores to show, by user: writers that meet on rows then meet in the same order. */
  List<ScoreUpdate> scores() {
    return sorted(lastByUser.values(), false);
  }

  /** Users whose score is not to be shown any more. */
  List<ScoreUpdate> removals() {
    return sorted(lastByUser.values(), true);
  }

  List<ScoreUpdate> history() {
    return history;
  }

  /** The last update that opened or closed each episode, in the order of their ids. */
  List<ScoreUpdate> episodes() {
    return List.copyOf(episodes.values());
  }

  private static List<ScoreUpdate> sorted(Collection<ScoreUpdate> updates, boolean removed) {
    return updates.stream()
        .filter(update -> update.removed() == removed)
        .sorted(Comparator.comparing(ScoreUpdate::userId))
        .toList();
  }
}
