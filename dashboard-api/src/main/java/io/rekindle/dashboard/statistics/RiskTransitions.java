package io.rekindle.dashboard.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * How many clients became at risk and ceased to be.
 *
 * @param asOf when this was counted, by the database's clock
 * @param days the UTC days that are known, oldest first, without gaps; the last one is today and
 *     not over
 * @param wholeSince the first day that is known from its beginning; null if none is
 * @param past where the observed days begin; null without a reconstructed past
 * @param partsOfDays for each choice of a period, what happened on the day in which the time before
 *     it ends, until that end
 */
public record RiskTransitions(
    Instant asOf,
    List<Day> days,
    LocalDate wholeSince,
    Past past,
    Map<Integer, PartOfDay> partsOfDays) {

  /** Changes of some time. */
  public interface Count {

    /** How often a client became at risk, who was known and not at risk before. */
    long entered();

    /** How often a client ceased to be at risk. */
    long left();

    /** How many of those by a new order; the others by time, policy or override. */
    long leftByOrder();
  }

  /** The first known day. */
  LocalDate firstDay() {
    return days.get(0).day();
  }

  /** Whether all days since then are known, each from its beginning. */
  boolean isKnownSince(LocalDate day) {
    return wholeSince != null && !wholeSince.isAfter(day);
  }

  long sum(Predicate<Day> counted, ToLongFunction<Count> count) {
    return days.stream().filter(counted).mapToLong(count).sum();
  }

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

  /** Changes of a day until a time of day. */
  public record PartOfDay(long entered, long left, long leftByOrder) implements Count {}

  /**
   * The counts at the end of a day, as they were stored when it was over.
   *
   * @param scoreSum the sum of all scores
   */
  public record EndOfDay(long atRisk, long scored, double scoreSum) {}

  /**
   * Changes of one day. The API shows the first five components.
   *
   * @param reconstructed whether the changes were computed from the orders; false if they were
   *     observed
   * @param firstAtRisk clients who were at risk when they were scored for the first time, and the
   *     difference that later additions of older orders made
   * @param scored clients with a score, less those whose last order went: the day's difference
   * @param scoreSum by how much the sum of all scores changed
   * @param end null as long as it is not stored
   */
  public record Day(
      LocalDate day,
      boolean reconstructed,
      long entered,
      long left,
      long leftByOrder,
      @JsonIgnore long firstAtRisk,
      @JsonIgnore long scored,
      @JsonIgnore double scoreSum,
      @JsonIgnore EndOfDay end)
      implements Count {

    static Day empty(LocalDate day, boolean reconstructed) {
      return new Day(day, reconstructed, 0, 0, 0, 0, 0, 0, null);
    }

    /** This as it was stored when it was over. */
    Day stored(ObservedDay stored) {
      return new Day(
          day,
          reconstructed,
          stored.entered(),
          stored.left(),
          stored.leftByOrder(),
          stored.firstAtRisk(),
          scored,
          scoreSum,
          new EndOfDay(stored.atRisk(), stored.scored(), stored.scoreSum()));
    }
  }
}
