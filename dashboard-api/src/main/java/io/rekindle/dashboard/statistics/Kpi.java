package io.rekindle.dashboard.statistics;

import java.time.LocalDate;

/**
 * One number of the overview. The texts under {@code kpi.} and its id define it.
 *
 * @param value null if there is nothing to compute it from
 * @param change against the time before, in the same unit; null if there is none, or if not all of
 *     that time was observed
 * @param changeIs whether a rise of the number is good
 * @param low lower end of the 95 % interval of value, if it is an estimate; null otherwise
 * @param denominator the whole that value is a part of, in the same unit; null if it is none
 * @param amount money that belongs to a count, in the currency of the overview; null if it is not
 *     known, or the number has none
 * @param part how many of value are of a kind that the texts name; null if they name none
 * @param since the first UTC day that counts, if the period began before it; null otherwise
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
    Double denominator,
    Double amount,
    Double part,
    LocalDate since,
    String note,
    Long noteNumber) {

  /** Which number it is. */
  public enum Id {
    WINNABLE,
    AT_STAKE,
    WON_BACK,
    UPLIFT,
    ENTERED,
    LEFT,
    EMAILS,
    REACTIVATIONS
  }

  /** The unit of value. */
  public enum Unit {
    COUNT,
    /** In the currency of the overview. */
    MONEY,
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

  /**
   * Path of the list behind the number; null if it has none.
   *
   * @param days of the overview's period, which begins on {@code from}
   */
  public String link(int days, LocalDate from) {
    return link(id, days, from);
  }

  static String link(Id id, int days, LocalDate from) {
    return switch (id) {
      case WINNABLE -> "/at-risk?winnable=true&newlyAtRiskDays=" + days;
      case AT_STAKE -> "/at-risk?winnable=true&sort=valueAtStake&order=desc";
      case WON_BACK, UPLIFT, REACTIVATIONS -> "/experiments";
      case ENTERED -> "/clients?becameAtRiskDays=" + days;
      case LEFT -> "/clients?leftRiskDays=" + days;
      case EMAILS -> "/emails?status=SENT&generatedBy=OWN&sentFrom=" + from + "T00:00:00Z";
    };
  }

  /** Begins a number without anything but a value. */
  static Builder of(Id id, Unit unit, Double value) {
    return new Builder(id, unit, value);
  }

  static Builder count(Id id, long value) {
    return of(id, Unit.COUNT, (double) value);
  }

  /** Adds to a number what it has besides its value. For one thread. */
  static final class Builder {
    private final Id id;
    private final Unit unit;
    private final Double value;
    private Double change;
    private Change changeIs = Change.NEITHER;
    private Double low;
    private Double high;
    private Double denominator;
    private Double amount;
    private Double part;
    private LocalDate since;
    private String note;
    private Long noteNumber;

    private Builder(Id id, Unit unit, Double value) {
      this.id = id;
      this.unit = unit;
      this.value = value;
    }

    /** Compares with the time before; {@code before} is null if that was not observed. */
    Builder change(Long before, Change riseIs) {
      change = before == null ? null : value - before;
      changeIs = riseIs;
      return this;
    }

    Builder interval(Double from, Double to) {
      low = from;
      high = to;
      return this;
    }

    Builder denominator(Number whole) {
      denominator = whole == null ? null : whole.doubleValue();
      return this;
    }

    Builder amount(Number money) {
      amount = money == null ? null : money.doubleValue();
      return this;
    }

    Builder part(Number count) {
      part = count == null ? null : count.doubleValue();
      return this;
    }

    Builder since(LocalDate day) {
      since = day;
      return this;
    }

    Builder note(String code, Long number) {
      note = code;
      noteNumber = number;
      return this;
    }

    Kpi build() {
      return new Kpi(
          id,
          unit,
          value,
          change,
          changeIs,
          low,
          high,
          denominator,
          amount,
          part,
          since,
          note,
          noteNumber);
    }
  }
}
