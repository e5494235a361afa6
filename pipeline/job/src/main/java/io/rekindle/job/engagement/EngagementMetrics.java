package io.rekindle.job.engagement;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Metrics of the engagement operator, in the metric group {@link #GROUP}. Dashboards and alerts
 * rely on the names.
 */
public final class EngagementMetrics {

  public static final String GROUP = "rekindle";

  /** Counter: emitted score updates. */
  public static final String EVALUATED = "evaluated";

  /** Counter: score updates that changed score, band or at risk. */
  public static final String CHANGED = "changed";

  /** Counter: changes that are no newer than the known row. */
  public static final String DUPLICATES = "duplicates";

  /** Counter: changes with a commit before the watermark. */
  public static final String LATE = "late";

  /** Histogram: milliseconds from the commit of a change to the score update that counts it. */
  public static final String CAPTURE_TO_SCORE = "captureToScoreMs";

  /** Gauge: users of the shop in this subtask's state. */
  public static final String USERS = "users";

  /** Gauge: orders in this subtask's state. */
  public static final String ORDERS = "orders";

  /** Gauge: orders that add no spend because the policy has no rate for their currency. */
  public static final String UNCONVERTED_ORDERS = "unconvertedOrders";

  /**
   * Gauge: changes that wait in keyed state, beyond the memory for them or since the last
   * checkpoint.
   */
  public static final String WAITING = "waiting";

  /** Gauge: milliseconds of event time that is complete and not yet evaluated. */
  public static final String UNEVALUATED = "unevaluatedMs";

  private static final int LATENCIES_KEPT = 2_048;

  final Counter evaluated;
  final Counter changed;
  final Counter duplicates;
  final Counter late;
  final Histogram captureToScore;

  EngagementMetrics(MetricGroup operator, StateCounts counts, Gauge<Long> unevaluatedMs) {
    MetricGroup group = operator.addGroup(GROUP);
    evaluated = group.counter(EVALUATED);
    changed = group.counter(CHANGED);
    duplicates = group.counter(DUPLICATES);
    late = group.counter(LATE);
    captureToScore =
        group.histogram(CAPTURE_TO_SCORE, new DescriptiveStatisticsHistogram(LATENCIES_KEPT));
    group.gauge(USERS, counts::users);
    group.gauge(ORDERS, counts::orders);
    group.gauge(UNCONVERTED_ORDERS, counts::unconverted);
    group.gauge(WAITING, counts::waiting);
    group.gauge(UNEVALUATED, unevaluatedMs);
  }
}
