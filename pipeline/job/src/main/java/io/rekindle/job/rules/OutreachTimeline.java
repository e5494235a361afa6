package io.rekindle.job.rules;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.RowVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The outreach rules over time, by the one row of {@code engagement.outreach_settings}; {@link
 * OutreachRules#NONE} without a row. {@link #mergeBelow} drops the changes that no later evaluation
 * needs.
 */
public final class OutreachTimeline {

  private record Entry(long since, OutreachChanged change) {}

  private final List<Entry> entries = new ArrayList<>();

  /** The version at the instant of the last merge, or null. Older ones were replaced before it. */
  private RowVersion mergedUntil;

  /** The kept changes. */
  Stream<DatedRuleChange> changes() {
    return entries.stream().map(entry -> new DatedRuleChange(entry.since(), entry.change()));
  }

  /**
   * Drops the changes that are replaced at an instant. {@link #add} refuses them from then on.
   * Returns whether it dropped any.
   */
  boolean mergeBelow(long instant) {
    int kept = 0;
    while (kept + 1 < entries.size() && entries.get(kept + 1).since() <= instant) {
      kept++;
    }
    entries.subList(0, kept).clear();
    if (!entries.isEmpty() && entries.get(0).since() <= instant) {
      mergedUntil = entries.get(0).change().version();
    }
    return kept > 0;
  }

  /**
   * Adds a change.
   *
   * @param since the first instant of the change, epoch milliseconds of event time
   * @return false if it is known, or was replaced before the last merge
   */
  boolean add(long since, OutreachChanged change) {
    if (mergedUntil != null && change.version().compareTo(mergedUntil) <= 0) {
      return false;
    }
    for (Entry known : entries) {
      if (known.change().version().compareTo(change.version()) == 0) {
        return false;
      }
    }
    entries.add(new Entry(since, change));
    entries.sort(
        Comparator.comparingLong(Entry::since).thenComparing(known -> known.change().version()));
    return true;
  }

  /** The rules at an instant. */
  public OutreachRules at(long instant) {
    OutreachRules rules = OutreachRules.NONE;
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        rules = entry.change().rules();
      }
    }
    return rules;
  }
}
