package io.rekindle.job.sink;

import io.rekindle.job.engagement.ScoreUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
    return lastByUser.size() + history.size() + episodes.size() + firsts.size();
  }

  /** Halves by user. The rows of one user are divided into one batch each. */
  @Override
  public List<Tables.Batch<ScoreUpdate>> parts() {
    Set<String> users = new TreeSet<>(lastByUser.keySet());
    history.forEach(update -> users.add(update.userId()));
    episodes.values().forEach(update -> users.add(update.userId()));
    firsts.forEach(update -> users.add(update.userId()));
    if (users.size() > 1) {
      String middle = users.stream().skip(users.size() / 2).findFirst().orElseThrow();
      return List.of(
          of(update -> update.userId().compareTo(middle) < 0),
          of(update -> update.userId().compareTo(middle) >= 0));
    }
    List<Tables.Batch<ScoreUpdate>> rows = new ArrayList<>();
    lastByUser.forEach((user, update) -> rows.add(only(part -> part.lastByUser.put(user, update))));
    history.forEach(update -> rows.add(only(part -> part.history.add(update))));
    firsts.forEach(update -> rows.add(only(part -> part.firsts.add(update))));
    episodes.forEach((id, update) -> rows.add(only(part -> part.episodes.put(id, update))));
    return rows.size() > 1 ? rows : List.of();
  }

  private ScoreBatch of(Predicate<ScoreUpdate> part) {
    ScoreBatch batch = new ScoreBatch();
    lastByUser.values().stream()
        .filter(part)
        .forEach(update -> batch.lastByUser.put(update.userId(), update));
    history.stream().filter(part).forEach(batch.history::add);
    episodes.values().stream()
        .filter(part)
        .forEach(update -> batch.episodes.put(update.episodeId(), update));
    firsts.stream().filter(part).forEach(batch.firsts::add);
    return batch;
  }

  private static ScoreBatch only(Consumer<ScoreBatch> row) {
    ScoreBatch batch = new ScoreBatch();
    row.accept(batch);
    return batch;
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
