package io.rekindle.job.engagement;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which rules of outreach hold when, as the one row of {@code engagement.outreach_settings} says;
 * {@link OutreachRules#NONE} while there is no row. Every change is kept, as {@link PolicyTimeline}
 * keeps them.
 */
final class OutreachTimeline {

  /**
   * A change of the row.
   *
   * @param since from when on it counts, epoch milliseconds of event time
   */
  record Entry(long since, OutreachChanged change) {}

  private final List<Entry> entries = new ArrayList<>();

  /** How many changes it knows. */
  int size() {
    return entries.size();
  }

  /** Takes a change in; false if it is known. */
  boolean add(Entry entry) {
    for (Entry known : entries) {
      if (known.change().version().compareTo(entry.change().version()) == 0) {
        return false;
      }
    }
    entries.add(entry);
    entries.sort(
        Comparator.comparingLong(Entry::since).thenComparing(known -> known.change().version()));
    return true;
  }

  /** The rules at an instant. */
  OutreachRules at(long instant) {
    OutreachRules rules = OutreachRules.NONE;
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        rules = entry.change().rules();
      }
    }
    return rules;
  }
}
