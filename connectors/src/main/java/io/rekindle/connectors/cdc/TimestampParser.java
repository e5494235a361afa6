package io.rekindle.connectors.cdc;

import java.time.DateTimeException;
import java.time.OffsetDateTime;

/** Reads ISO 8601 timestamps with an offset, in the years 1 to 9999, without an object. */
final class TimestampParser {

  /** 0001-01-01T00:00:00Z in epoch milliseconds. */
  static final long MIN = -62_135_596_800_000L;

  /** 9999-12-31T23:59:59.999Z in epoch milliseconds. */
  static final long MAX = 253_402_300_799_999L;

  /** The result for a text that is no timestamp. */
  static final long INVALID = Long.MIN_VALUE;

  /** The result for a timestamp before {@link #MIN}, such as Postgres' minus infinity. */
  static final long TOO_EARLY = Long.MIN_VALUE + 1;

  /** The result for a timestamp after {@link #MAX}, such as Postgres' infinity. */
  static final long TOO_LATE = Long.MAX_VALUE;

  private static final int DATE_AND_MINUTE = "2026-11-21T21:58".length();
  private static final int[] DAYS_OF_MONTH = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private TimestampParser() {}

  /**
   * Reads date, T or space, time to the minute or finer, and offset.
   *
   * @return epoch milliseconds, rounded down also before 1970; or {@link #INVALID}, {@link
   *     #TOO_EARLY} or {@link #TOO_LATE}
   */
  static long parse(char[] text, int start, int length) {
    if (length <= DATE_AND_MINUTE || text[start] == '+' || text[start] == '-') {
      return parseUnusual(new String(text, start, length));
    }
    int year = digits(text, start, 4);
    int month = digits(text, start + 5, 2);
    int day = digits(text, start + 8, 2);
    int hour = digits(text, start + 11, 2);
    int minute = digits(text, start + 14, 2);
    boolean separated =
        text[start + 4] == '-'
            && text[start + 7] == '-'
            && (text[start + 10] == 'T' || text[start + 10] == ' ')
            && text[start + 13] == ':';
    boolean valid =
        separated
            && month >= 1
            && month <= 12
            && hour >= 0
            && hour < 24
            && minute >= 0
            && minute < 60;
    if (!valid || !isDay(year, month, day)) {
      return INVALID;
    }
    int position = start + DATE_AND_MINUTE;
    int end = start + length;
    int second = 0;
    int millis = 0;
    if (text[position] == ':') {
      second = position + 3 <= end ? digits(text, position + 1, 2) : -1;
      if (second < 0 || second > 59) {
        return INVALID;
      }
      position += 3;
      if (position < end && text[position] == '.') {
        int first = ++position;
        while (position < end && isDigit(text[position])) {
          int place = position - first;
          // Cutting the digits after the milliseconds rounds down. Before 1970 the fraction counts
          // forward from the second, too.
          millis += place == 0 ? 100 * (text[position] - '0') : 0;
          millis += place == 1 ? 10 * (text[position] - '0') : 0;
          millis += place == 2 ? text[position] - '0' : 0;
          position++;
        }
        if (position == first || position - first > 9) {
          return INVALID;
        }
      }
    }
    int offsetMinutes = offsetMinutes(text, position, end);
    if (offsetMinutes == Integer.MIN_VALUE) {
      return INVALID;
    }
    long minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - offsetMinutes;
    long time = minutes * 60_000 + second * 1_000L + millis;
    return time < MIN ? TOO_EARLY : time > MAX ? TOO_LATE : time;
  }

  /** Z, +01, +0130 or +01:30; Integer.MIN_VALUE if it is none of these. */
  private static int offsetMinutes(char[] text, int start, int end) {
    int length = end - start;
    if (length == 1 && (text[start] == 'Z' || text[start] == 'z')) {
      return 0;
    }
    boolean colon = length == 6 && text[start + 3] == ':';
    if (!colon && length != 3 && length != 5) {
      return Integer.MIN_VALUE;
    }
    int hours = digits(text, start + 1, 2);
    int minutes = length == 3 ? 0 : digits(text, colon ? start + 4 : start + 3, 2);
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return Integer.MIN_VALUE;
    }
    int offset = hours * 60 + minutes;
    return text[start] == '+' ? offset : text[start] == '-' ? -offset : Integer.MIN_VALUE;
  }

  /** Reads infinity by its name, and years with a sign, which are before 1 or after 9999. */
  private static long parseUnusual(String text) {
    if (text.equals("infinity")) {
      return TOO_LATE;
    }
    if (text.equals("-infinity")) {
      return TOO_EARLY;
    }
    try {
      int year = OffsetDateTime.parse(text).getYear();
      return year < 1 ? TOO_EARLY : year > 9999 ? TOO_LATE : INVALID;
    } catch (DateTimeException e) {
      return INVALID;
    }
  }

  /** Returns the number with the given count of digits; -1 for any other text. */
  private static int digits(char[] text, int start, int count) {
    int number = 0;
    for (int i = start; i < start + count; i++) {
      if (!isDigit(text[i])) {
        return -1;
      }
      number = number * 10 + text[i] - '0';
    }
    return number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDay(int year, int month, int day) {
    if (year < 0 || day < 1 || day > DAYS_OF_MONTH[month - 1]) {
      return false;
    }
    boolean leapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leapYear;
  }

  /**
   * Days of the proleptic Gregorian calendar since 1970-01-01. Years begin in March, so that the
   * leap day is the last day of a year.
   */
  private static long daysSinceEpoch(int year, int month, int day) {
    long marchYear = month > 2 ? year : year - 1L;
    long era = Math.floorDiv(marchYear, 400L);
    long yearOfEra = marchYear - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }
}
