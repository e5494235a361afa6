package io.rekindle.platform.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  @Test
  void shouldNotWaitWithoutAFailure() {
    assertThat(backoff.after(0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void shouldDoubleWithEachFailure() {
    assertThat(backoff.after(1)).isEqualTo(Duration.ofMillis(500));
    assertThat(backoff.after(2)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.after(5)).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void shouldStayWithinTheLimitHoweverManyFailures() {
    assertThat(backoff.after(7)).isEqualTo(Duration.ofSeconds(30));
    assertThat(backoff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(30));
  }
}
