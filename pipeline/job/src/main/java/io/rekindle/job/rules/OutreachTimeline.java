package io.rekindle.job.rules;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The outreach rules over time, by the one row of {@code engagement.outreach_settings}; {@link
 * OutreachRules#NONE} without a row. It keeps every change, as {@link PolicyTimeline} does.
 */
public final class OutreachTimeline {

  private record Entry(long since, OutreachChanged change) {}

  private final List<Entry> entries = new ArrayList<>();

  int size() {
    return entries.size();
  }

  /**
   * Adds a change.
   *
   * @param since the first instant of the change, epoch milliseconds of event time
   * @return false if it is known
   */
  boolean add(long since, OutreachChanged change) {
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
