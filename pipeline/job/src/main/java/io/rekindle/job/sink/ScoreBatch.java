package io.rekindle.job.sink;

import io.rekindle.job.engagement.Judgement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judgements on their way to the database: the last of each user, since one statement may touch a
 * row only once, and all that are worth a row of history.
 */
final class ScoreBatch {

  private final Map<String, Judgement> lastByUser = new LinkedHashMap<>();
  private final List<Judgement> history = new ArrayList<>();

  void add(Judgement judgement) {
    lastByUser.put(judgement.userId(), judgement);
    if (judgement.changed() && !judgement.removed()) {
      history.add(judgement);
    }
  }

  /** Rows that it comes to. */
  int rows() {
    return lastByUser.size() + history.size();
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

  private static List<Judgement> sorted(Collection<Judgement> judgements, boolean removed) {
    return judgements.stream()
        .filter(judgement -> judgement.removed() == removed)
        .sorted(Comparator.comparing(Judgement::userId))
        .toList();
  }
}
