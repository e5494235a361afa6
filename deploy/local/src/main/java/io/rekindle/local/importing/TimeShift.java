package io.rekindle.local.importing;

import java.time.Duration;
import java.time.Instant;

/**
 * What becomes of the times in a file: all are moved by one span, and only then have to be such as
 * the tables take.
 *
 * @param shift by how much they are moved
 * @param latest the latest that is taken, after the move
 */
record TimeShift(Duration shift, Instant latest) {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  /** For clocks and zones, the same as the tables grant. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);

  /** Times as they are written, whatever they are. */
  static final TimeShift ANY = new TimeShift(Duration.ZERO, Instant.MAX);

  /**
   * Moved times.
   *
   * @param now by the database's clock; no row speaks of a time more than a day later
   */
  static TimeShift shifted(Duration shift, Instant now) {
    return new TimeShift(shift, now.plus(CLOCK_TOLERANCE));
  }

  /** Moves the time that a row has in a column, where it is written as {@code text}. */
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
