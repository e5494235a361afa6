package io.rekindle.email.llm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header Retry-After (RFC 9110, 10.2.3): a number of seconds or a date. */
final class RetryAfter {

  private static final Duration MAX_WAIT = Duration.ofDays(365);

  private RetryAfter() {}

  /**
   * The wait that the header asks for.
   *
   * @param value null if the header is absent
   * @return not negative; null if absent or in no form that the RFC knows
   */
  static Duration parse(String value, Instant now) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    if (text.matches("[0-9]+")) {
      return text.length() > 9 ? MAX_WAIT : Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
