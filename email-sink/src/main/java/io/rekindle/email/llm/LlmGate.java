package io.rekindle.email.llm;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.rekindle.email.WriterListener;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Bounds the requests to the model, per minute and per day. A circuit breaker stops requests to a
 * server that fails. Thread-safe.
 */
final class LlmGate {

  private static final String RATE = "RATE";
  private static final String BUDGET = "BUDGET";
  private static final String BREAKER_OPEN = "BREAKER_OPEN";

  /** No tokenizer makes more of JSON and prose than one token for three bytes. */
  static final int BYTES_PER_TOKEN = 3;

  /** A request is some 6 KB; an answer and its faults, quoted, add 16 KB at the most. */
  static final int MAX_PROMPT_TOKENS = 8_000;

  private static final CircuitBreakerConfig BREAKER =
      CircuitBreakerConfig.custom()
          .slidingWindowSize(50)
          .minimumNumberOfCalls(20)
          .failureRateThreshold(50)
          .waitDurationInOpenState(Duration.ofSeconds(15))
          .permittedNumberOfCallsInHalfOpenState(5)
          .build();

  private final LlmSettings settings;
  private final WriterListener listener;
  private final DailyBudget budget;
  private final LlmRateLimit rate;
  private final CircuitBreaker breaker = CircuitBreaker.of("llm", BREAKER);

  /**
   * @param spentTodayUsd of the day's budget by earlier runs
   * @param timer lets in the requests that had to wait
   */
  LlmGate(
      LlmSettings settings,
      BigDecimal spentTodayUsd,
      WriterListener listener,
      Clock clock,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.listener = listener;
    this.budget = new DailyBudget(settings.dailyBudgetUsd(), spentTodayUsd, clock);
    this.rate =
        new LlmRateLimit(
            settings.requestsPerMinute(),
            settings.tokensPerMinute(),
            MAX_PROMPT_TOKENS + (long) settings.maxRepairTokens(),
            timer);
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> listener.breaker(event.getStateTransition().getToState().name()));
  }

  /**
   * Lets a request in, at once or when the rate allows it.
   *
   * @param bytes length of the request
   * @param maxTokens of the answer
   * @param timeout for how long the request may wait
   * @param granted takes the pass, which has to be finished or released
   * @param refused takes the reason
   */
  void enter(
      int bytes,
      int maxTokens,
      Duration timeout,
      Consumer<Pass> granted,
      Consumer<String> refused) {
    Pass pass = new Pass(bytes / BYTES_PER_TOKEN, maxTokens);
    if (!breaker.tryAcquirePermission()) {
      refused.accept(BREAKER_OPEN);
      return;
    }
    if (!budget.reserve(pass.reservedUsd)) {
      breaker.releasePermission();
      refused.accept(BUDGET);
      return;
    }
    CompletableFuture<Boolean> unused =
        rate.acquire(pass.reservedTokens, timeout)
            .whenComplete(
                (enough, error) -> {
                  if (Boolean.TRUE.equals(enough)) {
                    granted.accept(pass);
                  } else {
                    breaker.releasePermission();
                    budget.recordActual(pass.reservedUsd, BigDecimal.ZERO);
                    refused.accept(RATE);
                  }
                });
  }

  private BigDecimal price(int promptTokens, int completionTokens) {
    return settings
        .promptUsdPerMillionTokens()
        .multiply(BigDecimal.valueOf(promptTokens))
        .add(
            settings.completionUsdPerMillionTokens().multiply(BigDecimal.valueOf(completionTokens)))
        .movePointLeft(6);
  }

  /** One request, with the tokens and the money that are set aside for it. */
  final class Pass {

    private final long reservedTokens;
    private final BigDecimal reservedUsd;
    private volatile long startedAt;
    private volatile boolean started;
    private volatile boolean sent;

    private Pass(int promptTokens, int maxTokens) {
      this.reservedTokens = (long) promptTokens + maxTokens;
      this.reservedUsd = price(promptTokens, maxTokens);
    }

    /** The request has left the client's queue. */
    void started() {
      startedAt = System.nanoTime();
      started = true;
    }

    /** There is a connection, and the server may see the request from now on. */
    void sent() {
      sent = true;
    }

    boolean isSent() {
      return sent;
    }

    /** Gives everything back, since the request was never sent. */
    void release() {
      breaker.releasePermission();
      budget.recordActual(reservedUsd, BigDecimal.ZERO);
      rate.release(reservedTokens);
    }

    /** The cost that the request may have while its real cost is unknown; null for none. */
    BigDecimal unconfirmedUsd() {
      return sent && reservedUsd.signum() > 0 ? reservedUsd : null;
    }

    /**
     * Replaces the reserved tokens and money by the real ones.
     *
     * @return the cost of the request, or its largest possible cost if the real one is unknown;
     *     null if it cost nothing
     */
    BigDecimal finish(ChatResponse response) {
      if (!started) {
        release();
        return null;
      }
      long nanos = System.nanoTime() - startedAt;
      if (response.unhealthy()) {
        breaker.onError(nanos, TimeUnit.NANOSECONDS, new IOException(response.reason()));
      } else {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
      }
      BigDecimal cost = cost(response);
      budget.recordActual(reservedUsd, cost == null ? BigDecimal.ZERO : cost);
      ChatResponse.Usage usage = response.usage();
      if (usage.hasTokens()) {
        rate.recordActual(reservedTokens, (long) usage.promptTokens() + usage.completionTokens());
      } else if (response.refused()) {
        rate.recordActual(reservedTokens, 0);
      }
      String outcome = response.reason() == null ? "OK" : response.reason();
      listener.called(outcome, TimeUnit.NANOSECONDS.toMillis(nanos));
      return cost;
    }

    private BigDecimal cost(ChatResponse response) {
      ChatResponse.Usage usage = response.usage();
      if (usage.costUsd() != null) {
        return usage.costUsd();
      }
      if (usage.hasTokens()) {
        return price(usage.promptTokens(), usage.completionTokens());
      }
      // A request that timed out may have to be paid all the same; a refused one does not.
      return response.refused() ? null : unconfirmedUsd();
    }
  }
}
