package io.rekindle.email;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Requests and tokens per minute, let through evenly: a sixth of a minute's share may go at once.
 * Whoever has to wait gets a future and holds no thread. Thread-safe.
 */
final class RateLimit {

  private static final int BURSTS_PER_MINUTE = 6;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Bucket requests;
  private final Bucket tokens;
  private final ScheduledExecutorService timer;

  /**
   * @param largest tokens of one request that must be possible, however small the limit
   */
  RateLimit(
      int requestsPerMinute, int tokensPerMinute, long largest, ScheduledExecutorService timer) {
    this.requests = bucket(requestsPerMinute, 1);
    this.tokens = bucket(tokensPerMinute, largest);
    this.timer = timer;
  }

  private static Bucket bucket(long perMinute, long largest) {
    long burst = Math.max(largest, perMinute / BURSTS_PER_MINUTE);
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perMinute, MINUTE))
        .build();
  }

  /**
   * Asks for leave to send a request.
   *
   * @param estimate tokens that the request may take
   * @return true once it may be sent; false, at once, if that is not within {@code patience}
   */
  CompletableFuture<Boolean> acquire(long estimate, Duration patience) {
    return requests
        .asScheduler()
        .tryConsume(1, patience, timer)
        .thenCompose(
            granted ->
                granted
                    ? tokens
                        .asScheduler()
                        .tryConsume(estimate, patience, timer)
                        .whenComplete((enough, error) -> giveBack(enough))
                    : CompletableFuture.completedFuture(false));
  }

  private void giveBack(Boolean enough) {
    if (!Boolean.TRUE.equals(enough)) {
      requests.addTokens(1);
    }
  }

  /** A request that was granted has not been sent. */
  void release(long estimate) {
    requests.addTokens(1);
    tokens.addTokens(estimate);
  }

  /** A request has taken other than estimated. */
  void settle(long estimate, long actual) {
    if (actual < estimate) {
      tokens.addTokens(estimate - actual);
    } else if (actual > estimate) {
      tokens.consumeIgnoringRateLimits(actual - estimate);
    }
  }
}
