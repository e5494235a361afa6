package io.rekindle.platform.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads instants from text: strictly for interfaces, leniently for files of shops. */
public final class Instants {

  private static final Pattern LENIENT =
      Pattern.compile(
          "(?<day>\\d{4}-\\d{2}-\\d{2})"
              + "(?:[T ](?<hour>\\d{2}):(?<minute>\\d{2})"
              + "(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?"
              + " ?(?<offset>[Zz]|UTC|[+-]\\d{2}(?::?\\d{2})?)?(?:\\[(?<zone>[^\\]]+)\\])?)?");

  private Instants() {}

  /**
   * Reads an ISO 8601 instant with its offset, such as {@code 2026-01-31T08:00:00Z}.
   *
   * @throws DateTimeException if the text is anything else
   */
  public static Instant parse(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  /**
   * Reads an instant in the forms of shops: ISO 8601 ({@code 2026-03-01T08:30:00Z}, {@code +01:00},
   * {@code [Europe/Paris]}), the form of databases ({@code 2026-03-01 08:30:00.123456+00}), or a
   * day alone ({@code 2026-03-01}, its first instant). A time without a zone is UTC.
   *
   * @return in whole microseconds, the precision of Postgres; empty for any other text
   */
  public static Optional<Instant> parseLenient(String text) {
    return parseLenient(text, ZoneOffset.UTC);
  }

  /** As {@link #parseLenient(String)}, with the zone of days and times that name none. */
  public static Optional<Instant> parseLenient(String text, ZoneId assumed) {
    Matcher matcher = LENIENT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      LocalDate day = LocalDate.parse(matcher.group("day"));
      if (matcher.group("hour") == null) {
        return Optional.of(day.atStartOfDay(assumed).toInstant());
      }
      LocalTime time =
          LocalTime.of(
              Integer.parseInt(matcher.group("hour")),
              Integer.parseInt(matcher.group("minute")),
              number(matcher.group("second")),
              micros(matcher.group("fraction")) * 1_000);
      return Optional.of(LocalDateTime.of(day, time).atZone(zone(matcher, assumed)).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static ZoneId zone(Matcher matcher, ZoneId assumed) {
    String offset = matcher.group("offset");
    if (offset != null) {
      return offset.length() == 1 ? ZoneOffset.UTC : ZoneId.of(offset);
    }
    String zone = matcher.group("zone");
    return zone == null ? assumed : ZoneId.of(zone);
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int micros(String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "00000").substring(0, 6));
  }
}
