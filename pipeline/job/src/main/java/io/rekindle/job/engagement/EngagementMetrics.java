package io.rekindle.job.engagement;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What the engagement operator tells of itself, in the metric group {@link #GROUP}. The names are
 * part of what operators' dashboards and alerts rely on.
 */
public final class EngagementMetrics {

  public static final String GROUP = "rekindle";

  /** Counter: judgements made. */
  public static final String JUDGED = "judged";

  /** Counter: judgements that changed score, band or being at risk. */
  public static final String CHANGED = "changed";

  /** Counter: changes that were no news. */
  public static final String DUPLICATES = "duplicates";

  /** Counter: changes committed before the watermark that they met. */
  public static final String LATE = "late";

  /** Histogram: milliseconds from the commit of a change to the judgement that counts it. */
  public static final String CAPTURE_TO_SCORE = "captureToScoreMs";

  /** Gauge: users of the shop in this subtask's state. */
  public static final String USERS = "users";

  /** Gauge: orders in this subtask's state. */
  public static final String ORDERS = "orders";

  /** Gauge: orders that add no spend because the policy has no rate for their currency. */
  public static final String UNCONVERTED_ORDERS = "unconvertedOrders";

  private static final int LATENCIES_KEPT = 2_048;

  final Counter judged;
  final Counter changed;
  final Counter duplicates;
  final Counter late;
  final Histogram captureToScore;

  EngagementMetrics(MetricGroup operator, HeldCounts held) {
    MetricGroup group = operator.addGroup(GROUP);
    judged = group.counter(JUDGED);
    changed = group.counter(CHANGED);
    duplicates = group.counter(DUPLICATES);
    late = group.counter(LATE);
    captureToScore =
        group.histogram(CAPTURE_TO_SCORE, new DescriptiveStatisticsHistogram(LATENCIES_KEPT));
    group.gauge(USERS, held::users);
    group.gauge(ORDERS, held::orders);
    group.gauge(UNCONVERTED_ORDERS, held::unconverted);
  }
}
