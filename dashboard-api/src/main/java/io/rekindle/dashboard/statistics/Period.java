package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The last UTC days, today included, and the same length of time before them. Every number of the
 * overview is of one period.
 *
 * @param days how many
 * @param asOf when it was counted: today is not over, so the time before ends at the same time of
 *     day
 */
record Period(int days, Instant asOf) {

  /** The periods that a viewer can choose. */
  static final List<Integer> CHOICES = List.of(7, 30, 90, 365, 731);

  /** This period, or as much of it as a number goes back. */
  Period atMost(int maxDays) {
    return new Period(Math.min(days, maxDays), asOf);
  }

  LocalDate today() {
    return asOf.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  /** The first day. */
  LocalDate since() {
    return today().minusDays(days - 1L);
  }

  /** The first day of the time before. */
  LocalDate sinceBefore() {
    return since().minusDays(days);
  }

  /** The day in which the time before ends. */
  LocalDate lastBefore() {
    return today().minusDays(days);
  }

  boolean has(LocalDate day) {
    return !day.isBefore(since()) && !day.isAfter(today());
  }

  /** Whether a day lies wholly in the time before. */
  boolean hasBefore(LocalDate day) {
    return !day.isBefore(sinceBefore()) && day.isBefore(lastBefore());
  }
}
