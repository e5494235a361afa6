package io.rekindle.dashboard.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
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

  /** How many permits come back within {@link #period}. */
  public long permits() {
    return permits;
  }

  public Duration period() {
    return period;
  }

  /**
   * Takes permits of the key.
   *
   * @throws TooManyRequestsException if there are too few left
   */
  public void take(String key, long count) {
    ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(count);
    if (!probe.isConsumed()) {
      throw new TooManyRequestsException(
          Duration.ofNanos(probe.getNanosToWaitForRefill()).toSeconds() + 1);
    }
  }

  /** How many permits of the key are left. */
  public long left(String key) {
    return bucket(key).getAvailableTokens();
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
