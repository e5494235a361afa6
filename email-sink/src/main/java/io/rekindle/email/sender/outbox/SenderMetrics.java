package io.rekindle.email.sender.outbox;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.rekindle.email.sender.outbox.Outbox.Queue;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of this sender, for Prometheus. Every counter exists from the beginning, as 0, so
 * that its first event is an increase. Thread-safe.
 */
public final class SenderMetrics {

  private static final Logger LOG = LoggerFactory.getLogger(SenderMetrics.class);

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofSeconds(60)
  };

  /**
   * A scrape within this time gets the same counts again, so that scraping cannot keep the table
   * busy.
   */
  private static final Duration MAX_QUEUE_AGE = Duration.ofSeconds(5);

  /** Why an email that was offered has to be offered again. */
  enum Retry {
    /** The server deferred the email, or went away. */
    DEFERRED,
    /** The server refuses the email, and other emails have to show for whose fault. */
    UNCONFIRMED,
    /** The server refuses the sender, which costs the email no attempt. */
    SENDER_REFUSED
  }

  /** The cause that keeps all emails back. */
  enum Pause {
    /** The server or the database refuses the sender, and an operator has to fix the cause. */
    REFUSED,
    /** The server is away. */
    AWAY,
    /** The database is away. */
    DATABASE
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer smtp =
      Timer.builder("rekindle.sender.smtp")
          .description("From offering an email to the SMTP server's last word on it.")
          .serviceLevelObjectives(BUCKETS)
          .register(registry);
  private final Counter unsubscribed =
      Counter.builder("rekindle.sender.unsubscribed")
          .description("Unsubscribed by the link in an email.")
          .register(registry);

  /** Null while it is not known. */
  private Queue queue;

  private long queueAskedAt = System.nanoTime() - MAX_QUEUE_AGE.toNanos();

  public SenderMetrics() {
    new ProcessorMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    ended("SENT", "");
    ended("LOGGED", "");
    for (Verdict.Reason reason : Verdict.Reason.values()) {
      ended("CANCELLED", reason.name());
    }
    for (FailureReason reason : FailureReason.values()) {
      ended("FAILED", reason.name());
    }
    for (Retry reason : Retry.values()) {
      retries(reason);
    }
    queueGauge("due", Queue::due);
    queueGauge("waiting", Queue::waiting);
    Gauge.builder("rekindle.sender.queue.oldest", () -> ofQueue(Queue::oldestSeconds))
        .description("Age of the oldest email that is ready, 0 if there is none.")
        .baseUnit("seconds")
        .register(registry);
  }

  /** Counts a pool's connections, and how long they are waited for. */
  public MetricsTrackerFactory ofPool() {
    return new MicrometerMetricsTrackerFactory(registry);
  }

  /** Registers gauges that read the loop at each scrape. */
  public void observe(SendingLoop loop) {
    for (Pause pause : Pause.values()) {
      Gauge.builder("rekindle.sender.paused", () -> loop.isPausedBy(pause) ? 1 : 0)
          .description("1 while nothing is sent because of that.")
          .tag("because", pause.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    Gauge.builder("rekindle.sender.paused.domains", loop, SendingLoop::pausedDomains)
        .description("Recipients' domains that get nothing for a while, as they refuse the sender.")
        .register(registry);
  }

  void sent() {
    ended("SENT", "").increment();
  }

  void logged() {
    ended("LOGGED", "").increment();
  }

  void cancelled(Verdict.Reason reason) {
    ended("CANCELLED", reason.name()).increment();
  }

  void failed(FailureReason reason) {
    ended("FAILED", reason.name()).increment();
  }

  void retried(Retry reason) {
    retries(reason).increment();
  }

  public void unsubscribed() {
    unsubscribed.increment();
  }

  /** Counts the time until the SMTP server's last response about an email. */
  void answered(Duration after) {
    smtp.record(after);
  }

  /**
   * All numbers as Prometheus reads them; those of the queue are NaN while the database is away.
   */
  public String scrape(Outbox outbox) {
    refreshQueue(outbox);
    return registry.scrape();
  }

  private synchronized void refreshQueue(Outbox outbox) {
    long now = System.nanoTime();
    if (now - queueAskedAt < MAX_QUEUE_AGE.toNanos()) {
      return;
    }
    try {
      queue = outbox.queue();
    } catch (SQLException e) {
      LOG.debug("The queue was not counted", e); // The loop logs when the database is away.
      queue = null;
    }
    queueAskedAt = now;
  }

  private synchronized double ofQueue(ToDoubleFunction<Queue> number) {
    return queue == null ? Double.NaN : number.applyAsDouble(queue);
  }

  private void queueGauge(String state, ToDoubleFunction<Queue> number) {
    Gauge.builder("rekindle.sender.queue.emails", () -> ofQueue(number))
        .description("Emails that are ready, of all senders.")
        .tag("state", state)
        .register(registry);
  }

  private Counter ended(String status, String reason) {
    return Counter.builder("rekindle.sender.emails")
        .description("Emails that this sender brought to an end, by status and status_reason.")
        .tag("status", status)
        .tag("reason", reason)
        .register(registry);
  }

  private Counter retries(Retry reason) {
    return Counter.builder("rekindle.sender.retries")
        .description("Attempts after which an email has to be tried again.")
        .tag("reason", reason.name())
        .register(registry);
  }
}
