package io.rekindle.dashboard.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * How many clients became at risk and ceased to be.
 *
 * @param asOf when this was counted, by the database's clock
 * @param thisWeek the 168 hours before {@code asOf}
 * @param weekBefore the 168 hours before those
 * @param days UTC days, oldest first, without gaps; the last one is today and not over
 * @param past where the observed days begin; null without a reconstructed past
 */
public record RiskTransitions(
    Instant asOf, Week thisWeek, Week weekBefore, List<Day> days, Past past) {

  /** The last days, at most as many as there are. */
  List<Day> last(int count) {
    return days.subList(Math.max(0, days.size() - count), days.size());
  }

  /**
   * The end of the reconstructed past.
   *
   * @param lastDay the UTC day in which history began to be observed; the days before it are
   *     reconstructed
   * @param firstDay the first reconstructed day
   * @param atRisk the clients at risk at the end of the past
   * @param scored the clients with a score then
   * @param scoreSum the sum of their scores
   */
  public record Past(
      LocalDate lastDay, LocalDate firstDay, long atRisk, long scored, double scoreSum) {}

  /**
   * Changes of 168 hours.
   *
   * @param entered how often a client became at risk, who was known and not at risk before
   * @param left how often a client ceased to be at risk
   * @param leftByOrder how many of those by a new order; the others by time, policy or override
   */
  public record Week(long entered, long left, long leftByOrder) {

    Week plus(Week other) {
      return new Week(entered + other.entered, left + other.left, leftByOrder + other.leftByOrder);
    }
  }

  /**
   * Changes of one day. The API shows the first five components.
   *
   * @param reconstructed whether the changes were computed from the orders; false if they were
   *     observed
   * @param firstAtRisk clients who were at risk when they were scored for the first time, and the
   *     difference that later additions of older orders made
   * @param scored clients with a score, less those whose last order went: the day's difference
   * @param scoreSum by how much the sum of all scores changed
   */
  public record Day(
      LocalDate day,
      boolean reconstructed,
      long entered,
      long left,
      long leftByOrder,
      @JsonIgnore long firstAtRisk,
      @JsonIgnore long scored,
      @JsonIgnore double scoreSum) {

    static Day empty(LocalDate day, boolean reconstructed) {
      return new Day(day, reconstructed, 0, 0, 0, 0, 0, 0);
    }
  }
}
