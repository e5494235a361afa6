package io.rekindle.job.rules;

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
public final class OutreachTimeline {

  private record Entry(long since, OutreachChanged change) {}

  private final List<Entry> entries = new ArrayList<>();

  int size() {
    return entries.size();
  }

  /**
   * Adds a change.
   *
   * @param since from when on it counts, epoch milliseconds of event time
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
