package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Reads all scores in one pass, a piece of the table at a time. */
final class ScorePieces {

  private static final String PAGES =
      """
      select pg_relation_size('engagement.user_scores') / current_setting('block_size')::int
      """;

  /** Pages of the table, some ten thousand clients: a few hundredths of a second. */
  private static final int STEP = 256;

  private ScorePieces() {}

  /**
   * Runs a query for each piece, and rests after each.
   *
   * @param handle in a transaction
   * @param sql with the parameters {@code from} and {@code to}, between which the ctid has to be
   */
  static void each(Handle handle, String sql, Consumer<Query> run, DutyCycle dutyCycle) {
    // A row that the transaction sees was there before the table is measured.
    long pages = handle.createQuery(PAGES).mapTo(Long.class).one();
    for (long page = 0; page < pages; page += STEP) {
      run.accept(
          handle
              .createQuery(sql)
              .bind("from", "(%d,0)".formatted(page))
              .bind("to", "(%d,0)".formatted(page + STEP)));
      dutyCycle.rest();
    }
  }
}
