package io.rekindle.dashboard.database;

import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads the database as of one instant, so that all parts of an answer fit together. Its
 * connections are read-only with repeatable read, so no statement has to say so. Thread-safe.
 */
public final class Snapshots {

  private final Jdbi jdbi;

  /**
   * @param jdbi of connections on which every transaction is read-only with repeatable read
   */
  Snapshots(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Runs a read of several statements in one transaction on one connection.
   *
   * @throws X if the read does
   */
  public <T, X extends Exception> T read(HandleCallback<T, X> read) throws X {
    return jdbi.inTransaction(read);
  }

  /**
   * Runs a read of one statement, which is a snapshot by itself and cheaper without a transaction.
   *
   * @throws X if the read does
   */
  public <T, X extends Exception> T readOnce(HandleCallback<T, X> read) throws X {
    return jdbi.withHandle(read);
  }
}
