package io.rekindle.email.llm;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Limits requests and tokens per minute. A sixth of a minute's share may go at once. A request that
 * has to wait gets a future and holds no thread. Thread-safe.
 */
final class LlmRateLimit {

  private static final int BURSTS_PER_MINUTE = 6;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Bucket requests;
  private final Bucket tokens;
  private final ScheduledExecutorService timer;

  /**
   * @param maxRequestTokens largest request, which even a small limit lets through
   */
  LlmRateLimit(
      int requestsPerMinute,
      int tokensPerMinute,
      long maxRequestTokens,
      ScheduledExecutorService timer) {
    this.requests = bucket(requestsPerMinute, 1);
    this.tokens = bucket(tokensPerMinute, maxRequestTokens);
    this.timer = timer;
  }

  private static Bucket bucket(long perMinute, long maxRequestTokens) {
    long burst = Math.max(maxRequestTokens, perMinute / BURSTS_PER_MINUTE);
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perMinute, MINUTE))
        .build();
  }

  /**
   * Waits until a request may be sent.
   *
   * @param estimate tokens that the request may take
   * @return true once it may be sent; false, at once, if that is not within {@code timeout}
   */
  CompletableFuture<Boolean> acquire(long estimate, Duration timeout) {
    return requests
        .asScheduler()
        .tryConsume(1, timeout, timer)
        .thenCompose(
            granted ->
                granted
                    ? tokens
                        .asScheduler()
                        .tryConsume(estimate, timeout, timer)
                        .whenComplete((enough, error) -> giveBack(enough))
                    : CompletableFuture.completedFuture(false));
  }

  private void giveBack(Boolean enough) {
    if (!Boolean.TRUE.equals(enough)) {
      requests.addTokens(1);
    }
  }

  /** Gives back a request that was granted and never sent. */
  void release(long estimate) {
    requests.addTokens(1);
    tokens.addTokens(estimate);
  }

  /** Replaces the estimate of a request by its real number of tokens. */
  void recordActual(long estimate, long actual) {
    if (actual < estimate) {
      tokens.addTokens(estimate - actual);
    } else if (actual > estimate) {
      tokens.consumeIgnoringRateLimits(actual - estimate);
    }
  }
}
