package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeasurementTest {

  @Test
  void shouldBeReadBackFromItsText() {
    Measurement measurement =
        new Measurement(3_000_000, 2_500_000, 12_000_000_000L, 20_000_000_000L);

    assertThat(Measurement.parse(measurement.toString())).isEqualTo(measurement);
    assertThat(measurement.changesPerSecond()).isEqualTo(250_000);
    assertThat(measurement.cpuMicrosPerChange()).isEqualTo(20_000.0 / 3_000);
  }

  @Test
  void shouldBeFoundAmongOtherLines() {
    assertThat(Measurement.parse("INFO Measurement started")).isNull();
  }
}
