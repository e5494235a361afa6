package io.rekindle.local.importing;

import io.rekindle.platform.text.Instants;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the times of exports: ISO 8601, the forms of databases, days with dots ({@code 03.01.2026
 * 9:59}) and English months ({@code Jan 3, 2026 9:59:00 AM}). A day with slashes is read if only
 * one order is possible, or the order is named.
 */
final class FileTimes {

  static final String REMEDY = "write a time such as 2026-03-01T08:30:00Z";

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final String CLOCK =
      "(?:,? (?:at )?(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:\\.\\d+)?)?"
          + "(?: ?(?<half>[AaPp])\\.?[Mm]\\.?)?(?: ?(?<offset>Z|UTC|GMT|[+-]\\d{2}:?\\d{2}))?)?";
  private static final Pattern NUMBERS =
      Pattern.compile("(?<a>\\d{1,4})(?<mark>[./-])(?<b>\\d{1,2})\\k<mark>(?<c>\\d{1,4})" + CLOCK);
  private static final Pattern MONTH_NAME =
      Pattern.compile(
          "(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:(?<day1>\\d{1,2})(?:st|nd|rd|th)?[ -])?"
              + "(?<month>[a-z]{3})[a-z]*\\.?[ -](?:(?<day2>\\d{1,2})(?:st|nd|rd|th)?,? )?"
              + "(?<year>\\d{4})"
              + CLOCK,
          Pattern.CASE_INSENSITIVE);
  private static final Pattern BLANKS = Pattern.compile("[\\s\\u00A0\\u202F]+");

  private final ZoneId zone;
  private final ImportOptions.DateOrder dates;
  private final TimeShift shift;
  private final Findings findings;

  /**
   * @param zone the zone of times that name none
   * @param dates null if a day such as 03/04/2026 is invalid
   */
  FileTimes(ZoneId zone, ImportOptions.DateOrder dates, TimeShift shift, Findings findings) {
    this.zone = zone;
    this.dates = dates;
    this.shift = shift;
    this.findings = findings;
  }

  /** Reads a time and moves it. {@code utc} tells that a time without a zone is UTC. */
  Instant read(String column, String text, boolean utc) throws InvalidValueException {
    ZoneId assumed = utc ? ZoneOffset.UTC : zone;
    Optional<Instant> time = Instants.parseLenient(text, assumed);
    boolean zoned = hasZone(text);
    if (time.isEmpty()) {
      Matcher other = other(BLANKS.matcher(text).replaceAll(" ").strip());
      if (other == null) {
        throw RowFields.wrong(column, text, REMEDY);
      }
      zoned = other.group("offset") != null;
      time = Optional.of(instant(column, text, other, assumed));
    }
    if (!zoned && !utc) {
      findings.zonelessTime();
    }
    return shift.apply(column, text, time.get());
  }

  private static Matcher other(String text) {
    Matcher numbers = NUMBERS.matcher(text);
    if (numbers.matches()) {
      return numbers;
    }
    Matcher name = MONTH_NAME.matcher(text);
    return name.matches() ? name : null;
  }

  private Instant instant(String column, String text, Matcher matcher, ZoneId assumed)
      throws InvalidValueException {
    try {
      LocalDate day =
          matcher.pattern() == NUMBERS ? numbered(column, text, matcher) : named(matcher);
      LocalTime clock = clock(matcher);
      String offset = matcher.group("offset");
      ZoneId at =
          offset == null
              ? assumed
              : Character.isLetter(offset.charAt(0)) ? ZoneOffset.UTC : ZoneOffset.of(offset);
      return LocalDateTime.of(day, clock).atZone(at).toInstant();
    } catch (DateTimeException e) {
      throw RowFields.wrong(column, text, REMEDY);
    }
  }

  private LocalDate numbered(String column, String text, Matcher matcher)
      throws InvalidValueException {
    int a = Integer.parseInt(matcher.group("a"));
    int b = Integer.parseInt(matcher.group("b"));
    int c = Integer.parseInt(matcher.group("c"));
    if (matcher.group("a").length() == 4) {
      return LocalDate.of(a, b, c);
    }
    if (matcher.group("c").length() != 4) {
      throw new DateTimeException("no year of four digits");
    }
    if (matcher.group("mark").equals(".")) {
      return LocalDate.of(c, b, a);
    }
    boolean dayFirst = dates == ImportOptions.DateOrder.DAY_FIRST;
    if (dates == null) {
      if (a <= 12 && b <= 12 && a != b) {
        throw RowFields.wrong(
            column,
            text,
            "the day or the month may be first: name --dates day-first or month-first");
      }
      dayFirst = a > 12;
    }
    return dayFirst ? LocalDate.of(c, b, a) : LocalDate.of(c, a, b);
  }

  private static LocalDate named(Matcher matcher) {
    int month = MONTHS.indexOf(matcher.group("month").toLowerCase(Locale.ROOT));
    String day = matcher.group("day1") == null ? matcher.group("day2") : matcher.group("day1");
    if (month < 0 || day == null) {
      throw new DateTimeException("no day of a month");
    }
    return LocalDate.of(Integer.parseInt(matcher.group("year")), month + 1, Integer.parseInt(day));
  }

  private static LocalTime clock(Matcher matcher) {
    if (matcher.group("hour") == null) {
      return LocalTime.MIDNIGHT;
    }
    int hour = Integer.parseInt(matcher.group("hour"));
    String half = matcher.group("half");
    if (half != null) {
      boolean afternoon = half.equalsIgnoreCase("p");
      // Some versions of Magento write 14:04:00 PM.
      if (hour <= 12) {
        hour = hour % 12 + (afternoon ? 12 : 0);
      } else if (!afternoon) {
        throw new DateTimeException("no hour of a morning");
      }
    }
    String second = matcher.group("second");
    return LocalTime.of(
        hour,
        Integer.parseInt(matcher.group("minute")),
        second == null ? 0 : Integer.parseInt(second));
  }

  /** Whether an ISO time names its zone. The day alone has ten characters. */
  private static boolean hasZone(String text) {
    for (int i = 10; i < text.length(); i++) {
      if ("Zz+-U[".indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }
}
