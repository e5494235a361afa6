package io.rekindle.dashboard.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Writes whole lists as CSV from one instant's view of the database. Few at once: each keeps a
 * connection for as long as its reader takes. Thread-safe.
 */
public final class Exports {

  private final Jdbi jdbi;
  private final Semaphore atOnce = new Semaphore(2);

  /** Writes the rows below the header. */
  @FunctionalInterface
  public interface Rows {
    void write(Handle handle, Csv csv) throws Exception;
  }

  public Exports(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Answers with a file.
   *
   * @param name of the file, without extension
   * @throws Refusal 429 if too many are being written
   */
  public void answer(Context ctx, String name, String[] columns, Rows rows) throws Exception {
    if (!atOnce.tryAcquire()) {
      throw Refusal.later(
          HttpStatus.TOO_MANY_REQUESTS, "Other exports are being written: try again shortly.", 10);
    }
    try {
      jdbi.useTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            handle.execute("set local statement_timeout = 0");
            try (Csv csv = Csv.answer(ctx, name, columns)) {
              rows.write(handle, csv);
            }
          });
    } finally {
      atOnce.release();
    }
  }
}
