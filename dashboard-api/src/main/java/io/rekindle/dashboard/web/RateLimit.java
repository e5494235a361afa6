package io.rekindle.dashboard.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.javalin.http.HttpStatus;
import java.time.Duration;

/** Limits how often something is done by each key. Thread-safe. */
public final class RateLimit {

  private static final int MAX_KEYS = 10_000;

  private final long permits;
  private final Duration period;
  private final Cache<String, Bucket> buckets;

  /**
   * @param permits how many at once, which come back evenly over the period
   */
  public RateLimit(long permits, Duration period) {
    this.permits = permits;
    this.period = period;
    // A bucket that was not used for a period is full again, and equal to a new one.
    this.buckets = Caffeine.newBuilder().maximumSize(MAX_KEYS).expireAfterAccess(period).build();
  }

  /**
   * Takes permits of the key.
   *
   * @throws HttpProblem 429 with the time to wait if there are too few left
   */
  public void take(String key, long count) {
    ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(count);
    if (!probe.isConsumed()) {
      long seconds = Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1;
      throw HttpProblem.retryLater(
          HttpStatus.TOO_MANY_REQUESTS,
          "Too many requests: try again in " + seconds + " s.",
          seconds);
    }
  }

  private Bucket bucket(String key) {
    return buckets.get(
        key,
        absent ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(permits).refillGreedy(permits, period))
                .build());
  }
}
