package io.rekindle.email.sender.outbox;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * The hours of a reader's own day in which no email leaves.
 *
 * @param from first quiet moment
 * @param until first moment that is not; before {@code from} if the night is meant. Equal to {@code
 *     from} if no hours are quiet.
 */
record QuietHours(LocalTime from, LocalTime until) {

  /**
   * When the quiet hours end in which an instant lies; empty if it lies in none.
   *
   * @param timeZone IANA name; UTC counts for an unknown one
   */
  Optional<Instant> endIfQuiet(Instant instant, String timeZone) {
    ZoneId zone = zone(timeZone);
    LocalDateTime local = instant.atZone(zone).toLocalDateTime();
    LocalTime time = local.toLocalTime();
    boolean overnight = until.isBefore(from);
    boolean late = !time.isBefore(from);
    boolean early = time.isBefore(until);
    if (overnight ? !late && !early : !late || !early) {
      return Optional.empty();
    }
    LocalDateTime end = local.toLocalDate().atTime(until).plusDays(overnight && late ? 1 : 0);
    return Optional.of(instantOf(end, zone, instant));
  }

  private static Instant instantOf(LocalDateTime end, ZoneId zone, Instant after) {
    ZoneOffsetTransition change = zone.getRules().getTransition(end);
    if (change != null && change.isGap()) {
      return change.getInstant(); // Clocks jump over the end: it is then.
    }
    ZonedDateTime first = end.atZone(zone);
    // Clocks go back over the end, and it is the second time that it comes.
    return first.toInstant().isAfter(after)
        ? first.toInstant()
        : first.withLaterOffsetAtOverlap().toInstant();
  }

  private static ZoneId zone(String timeZone) {
    try {
      return ZoneId.of(timeZone);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }
}
