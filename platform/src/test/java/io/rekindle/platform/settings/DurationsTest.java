package io.rekindle.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({"500 ms, PT0.5S", "10 s, PT10S", "5min, PT5M", "12 h, PT12H", "7 d, PT168H"})
  void shouldReadAWholeNumberAndAUnit(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "PT12H", "-1 s", "1.5 h", "10 seconds", "1 h 30 min"})
  void shouldRefuseOtherGrammars(String text) {
    assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldWriteTheLongestUnitThatDivides() {
    assertThat(Durations.format(Duration.ofHours(36))).isEqualTo("36 h");
    assertThat(Durations.format(Duration.ofDays(2))).isEqualTo("2 d");
    assertThat(Durations.format(Duration.ofMillis(1_500))).isEqualTo("1500 ms");
    assertThat(Durations.format(Duration.ZERO)).isEqualTo("0 ms");
  }
}
