package io.rekindle.dashboard.statistics;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * All clients in the order of their ids, some thousand at a time, so that no statement of a count
 * reads the whole shop.
 */
final class ClientBatches {

  private static final int CLIENTS = 5_000;

  private static final String LAST =
      """
      select max(user_id) from (
        select user_id from shop.users where user_id > :after order by user_id limit :batch) batch
      """;

  /** Reads what is counted of one batch. */
  interface Batch {
    /**
     * Runs the query of a batch.
     *
     * @param query has the parameters {@code after} and {@code last}: the batch has the clients
     *     above the one, up to and with the other
     */
    void read(Query query);
  }

  private ClientBatches() {}

  /** Runs a query once for each batch. */
  static void forEach(Handle handle, String sql, Batch batch) {
    String after = "";
    for (String last = last(handle, after); last != null; last = last(handle, after)) {
      batch.read(handle.createQuery(sql).bind("after", after).bind("last", last));
      after = last;
    }
  }

  private static String last(Handle handle, String after) {
    return handle
        .createQuery(LAST)
        .bind("after", after)
        .bind("batch", CLIENTS)
        .mapTo(String.class)
        .findOne()
        .orElse(null);
  }
}
