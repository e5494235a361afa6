package io.rekindle.job.rules;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
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

  /** The kept changes. */
  Stream<DatedRuleChange> changes() {
    return entries.stream().map(entry -> new DatedRuleChange(entry.since(), entry.change()));
  }

  /**
   * Drops the changes that are replaced at an instant. Returns whether it dropped any.
   *
   * <p>The dropped changes are older than the kept ones, which {@link #add} refuses from then on.
   */
  boolean mergeBelow(long instant) {
    int kept = 0;
    while (kept + 1 < entries.size() && entries.get(kept + 1).since() <= instant) {
      kept++;
    }
    entries.subList(0, kept).clear();
    return kept > 0;
  }

  /**
   * Adds a change.
   *
   * @param since the first instant of the change, epoch milliseconds of event time
   * @return false if it is no newer than the known change
   */
  boolean add(long since, OutreachChanged change) {
    for (Entry known : entries) {
      if (known.change().version().compareTo(change.version()) >= 0) {
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
