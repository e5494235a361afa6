package io.rekindle.dashboard.web;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets everybody do something so many times in a while, each by a key of their own. Forgets those
 * longest unheard of when there are very many. Thread-safe.
 */
public final class RateLimit {

  private static final int MAX_KEYS = 10_000;

  private final long permits;
  private final Duration period;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_KEYS;
        }
      };

  /**
   * @param permits how many at once, which come back evenly over the period
   */
  public RateLimit(long permits, Duration period) {
    this.permits = permits;
    this.period = period;
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
    synchronized (buckets) {
      return buckets.computeIfAbsent(
          key,
          absent ->
              Bucket.builder()
                  .addLimit(limit -> limit.capacity(permits).refillGreedy(permits, period))
                  .build());
    }
  }
}
