package io.rekindle.dashboard.database;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads the database as of one instant, so that all parts of an answer fit together. A single
 * statement is a snapshot by itself, and is cheaper without a transaction.
 */
public final class Snapshot {

  private Snapshot() {}

  /**
   * Runs a read in one read-only transaction on one connection.
   *
   * @throws X if the read does
   */
  public static <T, X extends Exception> T read(Jdbi jdbi, HandleCallback<T, X> read) throws X {
    return jdbi.inTransaction(
        handle -> {
          handle.execute("set transaction isolation level repeatable read, read only");
          return read.withHandle(handle);
        });
  }
}
