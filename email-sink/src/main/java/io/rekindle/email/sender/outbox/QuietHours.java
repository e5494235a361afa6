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
 * @param until first moment that is not quiet; before {@code from} if the hours span midnight.
 *     Equal to {@code from} if no hours are quiet.
 */
record QuietHours(LocalTime from, LocalTime until) {

  /**
   * The end of the quiet hours around an instant; empty if the instant is not in quiet hours.
   *
   * @param timeZone IANA name; an unknown one counts as UTC
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
      return change.getInstant(); // Clocks jump over the end.
    }
    ZonedDateTime first = end.atZone(zone);
    // Clocks go back over the end, and this is its second time.
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
