package io.rekindle.dashboard;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Reads how far the job has come. Thread-safe if its data source is. */
final class PipelineProgressQuery {

  // The age is taken by the database's clock, which event time is of: two clocks never agree.
  private static final String SQL =
      """
      select scored_until, written_at,
             floor(extract(epoch from clock_timestamp() - scored_until) * 1000) as age_ms
      from engagement.scored_until
      """;

  private final DataSource database;

  PipelineProgressQuery(DataSource database) {
    this.database = database;
  }

  PipelineProgress read() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(SQL);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return new PipelineProgress(null, null, null);
      }
      BigDecimal age = row.getBigDecimal("age_ms");
      return new PipelineProgress(
          Columns.instant(row, "scored_until"),
          age == null ? null : age.longValue(),
          Columns.instant(row, "written_at"));
    }
  }
}
