package io.rekindle.dashboard.pipeline;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads how far the job has come. Thread-safe. */
public final class ProgressQuery {

  // The age follows the database's clock, as event time does: two clocks never agree.
  private static final String SQL =
      """
      select scored_until, written_at,
             floor(extract(epoch from clock_timestamp() - scored_until) * 1000)::bigint
               as age_millis
      from engagement.scored_until
      """;

  private final Jdbi jdbi;

  /** Creates the query. */
  public ProgressQuery(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Reads through a handle of its own. */
  public PipelineProgress read() {
    return jdbi.withHandle(ProgressQuery::read);
  }

  /** Reads through the handle of a page. */
  static PipelineProgress read(Handle handle) {
    return handle
        .createQuery(SQL)
        .mapTo(PipelineProgress.class)
        .findOne()
        .orElse(new PipelineProgress(null, null, null));
  }
}
