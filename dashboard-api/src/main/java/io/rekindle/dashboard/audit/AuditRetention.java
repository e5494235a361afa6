package io.rekindle.dashboard.audit;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import org.jdbi.v3.core.Jdbi;

/**
 * Removes entries of the audit log that are older than the retention, in small transactions. The
 * database itself refuses to remove an entry that is younger than 30 days. Thread-safe.
 */
public final class AuditRetention implements AutoCloseable {

  /** No entry is removed before this age. */
  public static final Duration MIN = Duration.ofDays(30);

  private static final int BATCH = 1_000;

  private final Jdbi jdbi;
  private final Duration retention;
  private final BackgroundLoop loop =
      new BackgroundLoop("audit-retention", Duration.ofMinutes(1), this::round);

  public AuditRetention(Jdbi jdbi, Duration retention) {
    this.jdbi = jdbi;
    this.retention = retention;
  }

  public void start() {
    loop.start();
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() {
    while (!Thread.currentThread().isInterrupted() && removeBatch() == BATCH) {
      // A full batch means that more may be due.
    }
    return true;
  }

  private int removeBatch() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "select dashboard.expire_audit_log(make_interval(secs => :seconds), :batch)")
                .bind("seconds", retention.toSeconds())
                .bind("batch", BATCH)
                .mapTo(Integer.class)
                .one());
  }
}
