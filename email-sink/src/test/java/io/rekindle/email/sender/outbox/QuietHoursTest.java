package io.rekindle.email.sender.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuietHoursTest {

  @ParameterizedTest
  @CsvSource({
    // Over midnight, by the clock in Berlin, an hour ahead of UTC in winter.
    "21:00, 08:00, 2026-01-10T19:59:59Z, Europe/Berlin,",
    "21:00, 08:00, 2026-01-10T20:00:00Z, Europe/Berlin, 2026-01-11T07:00:00Z",
    "21:00, 08:00, 2026-01-10T22:59:59Z, Europe/Berlin, 2026-01-11T07:00:00Z",
    "21:00, 08:00, 2026-01-10T23:00:00Z, Europe/Berlin, 2026-01-11T07:00:00Z",
    "21:00, 08:00, 2026-01-11T06:59:59Z, Europe/Berlin, 2026-01-11T07:00:00Z",
    "21:00, 08:00, 2026-01-11T07:00:00Z, Europe/Berlin,",
    // Within a day.
    "12:00, 14:00, 2026-01-10T11:59:59Z, UTC,",
    "12:00, 14:00, 2026-01-10T12:00:00Z, UTC, 2026-01-10T14:00:00Z",
    "12:00, 14:00, 2026-01-10T14:00:00Z, UTC,",
    // Until midnight.
    "21:00, 00:00, 2026-01-10T22:00:00Z, UTC, 2026-01-11T00:00:00Z",
    "21:00, 00:00, 2026-01-11T00:00:00Z, UTC,",
    // Half an hour off, and another day than in UTC.
    "21:00, 08:00, 2026-01-10T15:30:00Z, Asia/Kolkata, 2026-01-11T02:30:00Z",
    "21:00, 08:00, 2026-01-10T15:29:59Z, Asia/Kolkata,",
    // Clocks go from 2 to 3 that night: it is an hour shorter.
    "21:00, 08:00, 2026-03-28T21:00:00Z, Europe/Berlin, 2026-03-29T06:00:00Z",
    // They jump over the end.
    "21:00, 02:30, 2026-03-29T00:30:00Z, Europe/Berlin, 2026-03-29T01:00:00Z",
    // They go from 3 back to 2: an hour longer, and half past two comes twice.
    "21:00, 08:00, 2026-10-24T21:00:00Z, Europe/Berlin, 2026-10-25T07:00:00Z",
    "21:00, 02:30, 2026-10-25T00:10:00Z, Europe/Berlin, 2026-10-25T00:30:00Z",
    "21:00, 02:30, 2026-10-25T00:40:00Z, Europe/Berlin,",
    "21:00, 02:30, 2026-10-25T01:10:00Z, Europe/Berlin, 2026-10-25T01:30:00Z",
    // Unknown zones.
    "21:00, 08:00, 2026-01-10T22:00:00Z, Moon/Sea, 2026-01-11T08:00:00Z",
    "21:00, 08:00, 2026-01-10T22:00:00Z, '', 2026-01-11T08:00:00Z",
  })
  void shouldEndWhereTheReaderIs(
      LocalTime from, LocalTime until, Instant now, String zone, Instant end) {
    assertThat(new QuietHours(from, until).endIfQuiet(now, zone).orElse(null)).isEqualTo(end);
  }

  @Test
  void shouldNeverBeQuietIfBothAreTheSame() {
    QuietHours none = new QuietHours(LocalTime.of(8, 0), LocalTime.of(8, 0));

    for (int hour = 0; hour < 24; hour++) {
      Instant now = Instant.parse("2026-01-10T00:00:00Z").plusSeconds(3_600L * hour);
      assertThat(none.endIfQuiet(now, "UTC")).isEmpty();
    }
  }
}
