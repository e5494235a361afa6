package io.rekindle.email.llm;

import static io.rekindle.email.Completions.completion;
import static io.rekindle.email.Completions.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.CheckResult;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritingProgressTest {

  private static final ChatResponse ANSWER =
      AnswerReader.read(completion(draft().toString()).getBytes(StandardCharsets.UTF_8), 1_200);

  @Test
  void shouldKnowNothingBeforeTheFirstResponse() {
    assertThat(WritingProgress.NONE.reason()).isNull();
    assertThat(WritingProgress.NONE.checks()).isEmpty();
    assertThat(WritingProgress.NONE.costAtMostUsd()).isNull();
  }

  @Test
  void shouldAddUpAllCalls() {
    WritingProgress progress =
        WritingProgress.NONE
            .with(ANSWER, new BigDecimal("0.001"))
            .with(ANSWER, new BigDecimal("0.002"));

    assertThat(progress.total().promptTokens()).isEqualTo(1_800);
    assertThat(progress.total().completionTokens()).isEqualTo(600);
    assertThat(progress.costAtMostUsd()).isEqualByComparingTo("0.003");
  }

  @Test
  void shouldKeepTheModelAndTheUsageWhenTheNextCallFails() {
    WritingProgress progress =
        WritingProgress.NONE
            .with(ANSWER, new BigDecimal("0.001"))
            .with(ChatResponse.noResponse(ChatResponse.CONNECTION), null);

    assertThat(progress.reason()).isEqualTo("CONNECTION");
    assertThat(progress.model()).isEqualTo("acme/served-1");
    assertThat(progress.total().promptTokens()).isEqualTo(900);
    assertThat(progress.costAtMostUsd()).isEqualByComparingTo("0.001");
  }

  @Test
  void shouldShowTheChecksOfTheLastResponse() {
    CheckResult failed = new CheckResult("json", false, "prose");
    WritingProgress progress =
        WritingProgress.NONE
            .with(ANSWER, null)
            .evaluated(ANSWER.evaluated("NOT_JSON", List.of(failed)));

    assertThat(progress.reason()).isEqualTo("NOT_JSON");
    assertThat(progress.checks()).last().isEqualTo(failed);
  }
}
