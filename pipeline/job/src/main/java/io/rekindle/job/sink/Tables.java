package io.rekindle.job.sink;

import io.rekindle.connectors.deadletter.DeadLetter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

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

    /**
     * Divides a batch, to find the row that the database refuses.
     *
     * @return at least two smaller batches with the same rows; none if the batch has one row
     */
    List<Batch<T>> parts();
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

  /**
   * Returns the dead letter of a row.
   *
   * @param row a batch of one row, which has no parts
   */
  DeadLetter deadLetter(Batch<T> row, SQLException refusal);
}
