package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

  @Test
  void shouldBeValuesThatWereMeasured() {
    Percentiles hundred =
        new Percentiles(LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray());

    assertThat(hundred.at(50)).isEqualTo(50);
    assertThat(hundred.at(99)).isEqualTo(99);
    assertThat(hundred.at(99.5)).isEqualTo(100);
    assertThat(hundred.at(100)).isEqualTo(100);
    assertThat(hundred.at(0)).isEqualTo(1);
  }

  @Test
  void shouldTakeOneValueForAll() {
    assertThat(new Percentiles(new long[] {7}).at(1)).isEqualTo(7);
  }
}
