package io.rekindle.job.sink;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The statements that store what one sink gets. Each can be repeated, and changes nothing then.
 *
 * @param <T> what is stored
 */
interface Tables<T> {

  /** What gathers for one transaction. */
  interface Batch<T> {

    void add(T element);

    /** Rows that it comes to. */
    int rows();
  }

  Batch<T> newBatch();

  /**
   * Stores a batch, all or nothing.
   *
   * @param batch one of {@link #newBatch}
   * @param watermark up to when everything is in this batch or those before it, epoch milliseconds;
   *     NEVER to leave the progress as it is
   */
  void store(Connection connection, Batch<T> batch, long watermark, int subtask, int parallelism)
      throws SQLException;
}
