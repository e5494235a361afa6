package io.rekindle.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmokeTest {
  @Test
  void shouldScore() {
    Scorer s = new Scorer(ScoringPolicy.builtIn("cadence-v1"));
    assertThat(s.score(OrderHistory.EMPTY, 0, Score.NEVER).band()).isEqualTo(Band.PROSPECT);
    assertThat(
            new Scorer(ScoringPolicy.builtIn("document-v1"))
                .formula(OrderHistory.EMPTY, 0, Score.NEVER))
        .hasToString("100.0000");
  }
}
