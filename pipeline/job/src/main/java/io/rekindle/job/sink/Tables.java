package io.rekindle.job.sink;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The statements of one sink. A repeated statement changes nothing.
 *
 * @param <T> type of the results
 */
interface Tables<T> {

  /** The results of one transaction. */
  interface Batch<T> {

    void add(T element);

    /** The number of rows. */
    int rows();
  }

  Batch<T> newBatch();

  /**
   * Stores a batch, all or nothing.
   *
   * @param batch one of {@link #newBatch}
   * @param watermark the instant up to which this batch and those before it are complete, epoch
   *     milliseconds; NEVER to leave the progress unchanged
   */
  void store(Connection connection, Batch<T> batch, long watermark, int subtask, int parallelism)
      throws SQLException;
}
