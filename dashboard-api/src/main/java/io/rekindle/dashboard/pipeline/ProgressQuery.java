package io.rekindle.dashboard.pipeline;

import io.rekindle.dashboard.database.NullableColumns;
import java.math.BigDecimal;
import org.jdbi.v3.core.Jdbi;

/** Reads how far the job has come. Thread-safe. */
public final class ProgressQuery {

  // The age is taken by the database's clock, which event time is of: two clocks never agree.
  private static final String SQL =
      """
      select scored_until, written_at,
             floor(extract(epoch from clock_timestamp() - scored_until) * 1000) as age_ms
      from engagement.scored_until
      """;

  private final Jdbi jdbi;

  public ProgressQuery(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public PipelineProgress read() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(SQL)
                .map(
                    (row, context) -> {
                      BigDecimal age = row.getBigDecimal("age_ms");
                      return new PipelineProgress(
                          NullableColumns.instant(row, "scored_until"),
                          age == null ? null : age.longValue(),
                          NullableColumns.instant(row, "written_at"));
                    })
                .findOne()
                .orElse(new PipelineProgress(null, null, null)));
  }
}
