package io.rekindle.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampParserTest {

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z,                0",
    "2026-11-21T21:58:12.123456Z,         1795298292123",
    "2026-11-21T21:58:12.1Z,              1795298292100",
    "2026-11-21T21:58:12Z,                1795298292000",
    "2026-11-21T21:58Z,                   1795298280000",
    "2026-11-21 21:58:12.123Z,            1795298292123",
    "2026-11-21T23:58:12+02:00,           1795298292000",
    "2026-11-21T23:58:12+02,              1795298292000",
    "2026-11-22T03:28:12.5+0530,          1795298292500",
    "2026-11-21T18:28:12-03:30,           1795298292000",
    "2024-02-29T00:00:00Z,                1709164800000",
    "1969-12-31T23:59:59.999999Z,         -1",
    "1969-12-31T23:59:59.0001Z,           -1000",
    "0001-01-01T00:00:00Z,                -62135596800000",
    "9999-12-31T23:59:59.999999Z,         253402300799999"
  })
  void readsTimestampsRoundingDown(String text, long expected) {
    assertThat(parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-11-21",
        "2026-11-21T21:58:12",
        "2026-11-21T21:58:12.Z",
        "2026-11-21T21:58:12.1234567890Z",
        "2026-13-21T21:58:12Z",
        "2026-00-21T21:58:12Z",
        "2026-11-31T21:58:12Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T21:60:00Z",
        "2026-11-21T21:58:60Z",
        "2026-11-21T21:58:",
        "2026-11-21T21:58:1Z",
        "2026/11/21T21:58:12Z",
        "2026-11-21X21:58:12Z",
        "2026-11-21T21:58:12+2",
        "2026-11-21T21:58:12+99:00",
        "2026-11-21T21:58:12 UTC",
        "+",
        "-nonsense",
        "infinit",
        "1795298292123"
      })
  void refusesWhatIsNoTimestamp(String text) {
    assertThat(parse(text)).isEqualTo(TimestampParser.INVALID);
  }

  @Test
  void tellsTimesBeyondTheCalendarFromNonsense() {
    assertThat(parse("infinity")).isEqualTo(TimestampParser.TOO_LATE);
    assertThat(parse("-infinity")).isEqualTo(TimestampParser.TOO_EARLY);
    assertThat(parse("+292278994-08-17T07:12:55.807Z")).isEqualTo(TimestampParser.TOO_LATE);
    assertThat(parse("-0043-03-15T00:00:00Z")).isEqualTo(TimestampParser.TOO_EARLY);
    assertThat(parse("0000-12-31T23:59:59Z")).isEqualTo(TimestampParser.TOO_EARLY);
    assertThat(parse("9999-12-31T23:59:59-01:00")).isEqualTo(TimestampParser.TOO_LATE);
  }

  @Test
  void agreesWithTheStandardLibraryOnRandomInstants() {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    DateTimeFormatter format = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
    for (int i = 0; i < 200_000; i++) {
      long second =
          random.nextLong(
              TimestampParser.MIN / 1_000 + 86_400, TimestampParser.MAX / 1_000 - 86_400);
      Instant instant = Instant.ofEpochSecond(second, random.nextInt(1_000_000) * 1_000L);
      ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1));
      String text = format.format(instant.atOffset(offset));
      assertThat(parse(text)).as("%s, seed %d", text, seed).isEqualTo(instant.toEpochMilli());
    }
  }

  private static long parse(String text) {
    // What lies around a value in the buffer must not matter.
    char[] buffer = ("77" + text + "77").toCharArray();
    return TimestampParser.parse(buffer, 2, text.length());
  }
}
