package io.rekindle.email.llm;

import static io.rekindle.email.Completions.completion;
import static io.rekindle.email.Completions.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.EmailRequests;
import io.rekindle.email.WriterListener;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LlmGateTest {

  /** 200 tokens of the prompt and 1,200 of the answer, at the prices of the settings. */
  private static final int BYTES = 600;

  private static final BigDecimal HIGHEST_PRICE = new BigDecimal("0.0025");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<LlmGate.Pass> granted = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  @AfterEach
  void endTimer() {
    timer.shutdownNow();
  }

  @Test
  void shouldReserveTheHighestPriceAndGiveTheRestBack() {
    LlmGate gate = gate(EmailRequests.limits().budget("0.004"));
    enter(gate);
    enter(gate);
    assertThat(granted).hasSize(1);
    assertThat(refused).containsExactly("BUDGET");

    assertThat(sent(0).finish(answer())).isEqualByComparingTo("0.0011");
    enter(gate);
    assertThat(granted).hasSize(2);
  }

  @Test
  void shouldCountARequestWithoutResponseAtTheHighestPrice() {
    LlmGate gate = gate(EmailRequests.limits());
    enter(gate);
    assertThat(granted.get(0).unconfirmedUsd()).isNull();

    LlmGate.Pass pass = sent(0);
    assertThat(pass.unconfirmedUsd()).isEqualByComparingTo(HIGHEST_PRICE);
    assertThat(pass.finish(ChatResponse.noResponse(ChatResponse.TIMEOUT)))
        .isEqualByComparingTo(HIGHEST_PRICE);
  }

  @Test
  void shouldCountNothingForARefusedRequest() {
    LlmGate gate = gate(EmailRequests.limits().budget("0.004"));
    enter(gate);
    assertThat(sent(0).finish(ChatResponse.httpError(402, new byte[0], null, 1_200))).isNull();
    enter(gate);
    assertThat(granted).hasSize(2);
  }

  @Test
  void shouldTakeBackAPassThatWasNotUsed() {
    LlmGate gate = gate(EmailRequests.limits().budget("0.004").perMinute(6, 1_000_000));
    enter(gate);
    granted.get(0).release();
    enter(gate);
    assertThat(granted).hasSize(2);
    assertThat(granted.get(1).finish(answer())).isNull();
  }

  @Test
  void shouldRefuseWhatTheRateDoesNotAllowInTime() {
    LlmGate gate = gate(EmailRequests.limits().perMinute(6, 1_000_000));
    enter(gate);
    enter(gate);
    assertThat(granted).hasSize(1);
    assertThat(refused).containsExactly("RATE");
  }

  @Test
  void shouldOpenTheBreakerWhenTheServerFails() {
    LlmGate gate = gate(EmailRequests.limits());
    for (int i = 0; i < 20; i++) {
      enter(gate);
      sent(i).finish(ChatResponse.noResponse(ChatResponse.CONNECTION));
    }
    enter(gate);
    assertThat(granted).hasSize(20);
    assertThat(refused).containsExactly("BREAKER_OPEN");
  }

  private LlmGate gate(EmailRequests.Limits limits) {
    return new LlmGate(
        limits.at("http://127.0.0.1"),
        BigDecimal.ZERO,
        WriterListener.NONE,
        Clock.systemUTC(),
        timer);
  }

  private void enter(LlmGate gate) {
    gate.enter(BYTES, 1_200, Duration.ofSeconds(1), granted::add, refused::add);
  }

  private LlmGate.Pass sent(int number) {
    LlmGate.Pass pass = granted.get(number);
    pass.started();
    pass.sent();
    return pass;
  }

  private static ChatResponse answer() {
    return AnswerReader.read(
        completion(draft().toString()).getBytes(StandardCharsets.UTF_8), 1_200);
  }
}
