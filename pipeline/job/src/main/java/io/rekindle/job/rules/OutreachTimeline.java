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

  /**
   * A change of the row.
   *
   * @param since from when on it counts, epoch milliseconds of event time
   */
  public record OutreachEntry(long since, OutreachChanged change) {}

  private final List<OutreachEntry> entries = new ArrayList<>();

  /** How many changes it knows. */
  public int size() {
    return entries.size();
  }

  /** Adds a change; false if it is known. */
  public boolean add(OutreachEntry entry) {
    for (OutreachEntry known : entries) {
      if (known.change().version().compareTo(entry.change().version()) == 0) {
        return false;
      }
    }
    entries.add(entry);
    entries.sort(
        Comparator.comparingLong(OutreachEntry::since)
            .thenComparing(known -> known.change().version()));
    return true;
  }

  /** The rules at an instant. */
  public OutreachRules at(long instant) {
    OutreachRules rules = OutreachRules.NONE;
    for (OutreachEntry entry : entries) {
      if (entry.since() <= instant) {
        rules = entry.change().rules();
      }
    }
    return rules;
  }
}
