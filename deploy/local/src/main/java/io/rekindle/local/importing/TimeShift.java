package io.rekindle.local.importing;

import java.time.Duration;
import java.time.Instant;

/**
 * Moves all times of a file by one span. The moved times have to be valid for the tables.
 *
 * @param shift the span
 * @param latest the latest valid time after the move
 */
record TimeShift(Duration shift, Instant latest) {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  /** The tolerance for clocks and zones, equal to that of the tables. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

  /** Times without a move and without a latest time. */
  static final TimeShift ANY = new TimeShift(Duration.ZERO, Instant.MAX);

  /**
   * Creates the shift to the present.
   *
   * @param now the present time by the database's clock; no row may be more than a day later
   */
  static TimeShift shifted(Duration shift, Instant now) {
    return new TimeShift(shift, now.plus(CLOCK_TOLERANCE));
  }

  /** Moves the time of a row in a column. {@code text} is its form in the file. */
  Instant apply(String column, String text, Instant time) throws InvalidValueException {
    Instant moved = time.plus(shift);
    String where = shift.isZero() ? "that is" : "moved to " + moved + " that is";
    if (moved.isBefore(EARLIEST)) {
      throw RowFields.wrong(column, text, where + " before the year 1");
    }
    if (moved.isAfter(latest)) {
      throw RowFields.wrong(column, text, where + " more than a day in the future");
    }
    return moved;
  }
}
