package io.rekindle.platform.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T08:30:00Z, 2026-03-01T08:30:00Z",
    "2026-03-01T08:30:00.123456789Z, 2026-03-01T08:30:00.123456Z",
    "2026-03-01T08:30Z, 2026-03-01T08:30:00Z",
    "2026-03-01T08:30:00+01:00, 2026-03-01T07:30:00Z",
    "2026-03-01T08:30:00-0530, 2026-03-01T14:00:00Z",
    "2026-03-01T08:30:00+01:00[Europe/Paris], 2026-03-01T07:30:00Z",
    "2026-07-01T08:30:00[Europe/Paris], 2026-07-01T06:30:00Z",
    "2026-03-01 08:30:00, 2026-03-01T08:30:00Z",
    "2026-03-01 08:30:00+00, 2026-03-01T08:30:00Z",
    "2026-03-01 08:30:00.5+02, 2026-03-01T06:30:00.5Z",
    "2026-03-01 08:30:00 UTC, 2026-03-01T08:30:00Z",
    "2026-03-01, 2026-03-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z",
  })
  void shouldReadTimesAsShopsWriteThem(String text, Instant expected) {
    assertThat(Instants.parseLenient(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yesterday",
        "01.03.2026",
        "2026-02-30",
        "2026-13-01",
        "2026-03-01T25:00:00Z",
        "2026-03-01T08:30:00+99:00",
        "2026-03-01T08:30:00[Mars/Olympus]",
        "1772353800"
      })
  void shouldNotGuessWhatIsNoTime(String text) {
    assertThat(Instants.parseLenient(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T08:30:00Z, 2026-03-01T08:30:00Z",
    "2026-03-01T08:30Z, 2026-03-01T08:30:00Z",
    "2026-03-01T08:30:00.123456789+01:00, 2026-03-01T07:30:00.123456789Z",
    "-0001-01-01T00:00:00Z, -0001-01-01T00:00:00Z",
  })
  void shouldReadIsoInstants(String text, Instant expected) {
    assertThat(Instants.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2026-03-01", "2026-03-01 08:30:00Z", "2026-03-01T08:30:00"})
  void shouldRefuseOtherThanIsoInstants(String text) {
    assertThatThrownBy(() -> Instants.parse(text)).isInstanceOf(DateTimeException.class);
  }

  @Test
  void shouldReadATimeWithoutAZoneInTheOneThatIsNamed() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");

    assertThat(Instants.parseLenient("2026-03-01 08:30", berlin))
        .contains(Instant.parse("2026-03-01T07:30:00Z"));
    assertThat(Instants.parseLenient("2026-03-01", berlin))
        .contains(Instant.parse("2026-02-28T23:00:00Z"));
    assertThat(Instants.parseLenient("2026-03-01 08:30:00+00", berlin))
        .contains(Instant.parse("2026-03-01T08:30:00Z"));
  }
}
