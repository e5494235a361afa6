package io.rekindle.dashboard.statistics;

/**
 * One number of the overview. The texts under {@code kpi.} and its id define it.
 *
 * @param value null if there is nothing to compute it from
 * @param change against the time before, in the same unit; null if there is none
 * @param changeIs whether a rise of the number is good
 * @param low lower end of the 95 % interval of value, if it is an estimate; null otherwise
 * @param denominator the whole that value is a part of; null if it is none
 * @param note machine code of a reservation, such as NOT_ENOUGH_DATA; null if there is none
 * @param noteNumber a number that the reservation names; null if it names none
 */
public record Kpi(
    Id id,
    Unit unit,
    Double value,
    Double change,
    Change changeIs,
    Double low,
    Double high,
    Long denominator,
    String note,
    Long noteNumber) {

  /** Which number it is. */
  public enum Id {
    AT_RISK,
    ENTERED,
    LEFT,
    REACTIVATIONS,
    EMAILS,
    UPLIFT
  }

  /** The unit of value. */
  public enum Unit {
    COUNT,
    /** Percentage points. */
    POINTS
  }

  /** Whether a rise of the number is good. */
  public enum Change {
    GOOD,
    BAD,
    NEITHER
  }

  /** Value as a part of the denominator, 0 to 1; null if it is no part of anything. */
  public Double share() {
    return value == null || denominator == null || denominator == 0 ? null : value / denominator;
  }

  static Kpi count(Id id, long value, long change, Change changeIs, long denominator) {
    return new Kpi(
        id,
        Unit.COUNT,
        (double) value,
        (double) change,
        changeIs,
        null,
        null,
        denominator,
        null,
        null);
  }
}
