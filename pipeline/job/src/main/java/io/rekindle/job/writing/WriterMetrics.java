package io.rekindle.job.writing;

import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Flink's metrics of a writer.
 *
 * <p>Calls and emails are counted by {@code calls.OUTCOME}, {@code by.WRITER} and {@code
 * fallback.REASON}. Sums are {@code promptTokens}, {@code completionTokens} and {@code costUsd}.
 * The last call took {@code lastCallMs}. While the breaker stops all calls, {@code breakerOpen} is
 * 1. Emails that a model was to write are counted by {@code modelRequired}, and those that it wrote
 * by {@code modelWrote}. While requests are put in the form that is tried first, {@code form.PART}
 * is 0.
 *
 * <p>A writer reports from several threads, and Flink's counters allow only one, so all metrics are
 * gauges.
 */
final class WriterMetrics implements WriterListener {

  private final MetricGroup metrics;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Map<String, Integer> form = new ConcurrentHashMap<>();
  private final LongAdder modelRequired = new LongAdder();
  private final LongAdder modelWrote = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder completionTokens = new LongAdder();
  private final DoubleAdder costUsd = new DoubleAdder();
  private final AtomicLong lastCallMs = new AtomicLong();
  private volatile int breakerOpen;

  WriterMetrics(MetricGroup metrics) {
    this.metrics = metrics;
    // From the start, so that the first email that no model wrote is an increase.
    gauge("modelRequired", modelRequired::sum);
    gauge("modelWrote", modelWrote::sum);
    gauge("promptTokens", promptTokens::sum);
    gauge("completionTokens", completionTokens::sum);
    gauge("costUsd", costUsd::sum);
    gauge("lastCallMs", lastCallMs::get);
    gauge("breakerOpen", () -> breakerOpen);
  }

  @Override
  public void called(String outcome, long latencyMs) {
    lastCallMs.set(latencyMs);
    count("calls." + outcome);
  }

  @Override
  public void requestForm(String part, int number) {
    if (form.put(part, number) == null) {
      gauge("form." + part, () -> form.get(part));
    }
  }

  @Override
  public void written(WrittenEmail email) {
    count("by." + email.generatedBy());
    if (email.modelAsked() != null) {
      modelRequired.increment();
    }
    if (email.generatedBy().equals(WrittenEmail.LLM)) {
      modelWrote.increment();
    }
    if (email.fallbackReason() != null) {
      count("fallback." + email.fallbackReason());
    }
    if (email.promptTokens() != null) {
      promptTokens.add(email.promptTokens());
    }
    if (email.completionTokens() != null) {
      completionTokens.add(email.completionTokens());
    }
    if (email.costUsd() != null) {
      costUsd.add(email.costUsd().doubleValue());
    }
  }

  @Override
  public void breaker(String state) {
    breakerOpen = state.equals("OPEN") ? 1 : 0;
  }

  private void count(String name) {
    counts
        .computeIfAbsent(
            name,
            unknown -> {
              LongAdder count = new LongAdder();
              gauge(unknown, count::sum);
              return count;
            })
        .increment();
  }

  private <T> void gauge(String name, Gauge<T> value) {
    metrics.gauge(name, value);
  }
}
