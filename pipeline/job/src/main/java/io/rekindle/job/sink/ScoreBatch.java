package io.rekindle.job.sink;

import io.rekindle.job.engagement.ScoreUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A batch of score updates: the last update of each user, since one statement may touch a row only
 * once, all updates for the history, and those that open or close an episode.
 */
final class ScoreBatch implements Tables.Batch<ScoreUpdate> {

  private final Map<String, ScoreUpdate> lastByUser = new LinkedHashMap<>();
  private final List<ScoreUpdate> history = new ArrayList<>();
  private final Map<String, ScoreUpdate> episodes = new TreeMap<>();
  private final List<ScoreUpdate> firsts = new ArrayList<>();

  @Override
  public void add(ScoreUpdate update) {
    lastByUser.put(update.userId(), update);
    if (update.changed() && !update.removed()) {
      history.add(update);
    }
    if (update.previous() == null && !update.removed()) {
      firsts.add(update);
    }
    if (update.episode() != null) {
      // An episode that opens and closes in one batch is one row, with the last state.
      episodes.put(update.episodeId(), update);
    }
  }

  @Override
  public int rows() {
    return lastByUser.size() + history.size() + episodes.size();
  }

  /** The present scores, sorted by user, so that concurrent writers lock rows in one order. */
  List<ScoreUpdate> scores() {
    return sorted(lastByUser.values(), false);
  }

  /** The users whose score is to be deleted. */
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

  /** The updates before which nothing was published of their users. */
  List<ScoreUpdate> firsts() {
    return firsts;
  }

  private static List<ScoreUpdate> sorted(Collection<ScoreUpdate> updates, boolean removed) {
    return updates.stream()
        .filter(update -> update.removed() == removed)
        .sorted(Comparator.comparing(ScoreUpdate::userId))
        .toList();
  }
}
