package io.rekindle.dashboard.experiments;

import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.experiments.ExperimentResult.Arm;
import io.rekindle.dashboard.experiments.ExperimentResult.Summary;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the database how experiments did; the statistics are its function engagement.uplift. */
public final class ExperimentResultQuery {

  private static final String EXPERIMENT =
      """
      select experiment_id, started_at, ended_at, holdout_share, clock_timestamp() as as_of
      from engagement.experiments where experiment_id = ?
      """;

  private static final String ALL =
      """
      select experiment_id, started_at, ended_at, holdout_share
      from engagement.experiments order by ended_at is not null, started_at desc limit 200
      """;

  private static final String ARMS = "select * from engagement.uplift(?)";

  private ExperimentResultQuery() {}

  /** The one that runs; there always is one. */
  public static ExperimentResult current(Connection connection) throws SQLException {
    String id;
    try (PreparedStatement statement =
            connection.prepareStatement("select experiment_id from engagement.outreach_settings");
        ResultSet row = statement.executeQuery()) {
      row.next();
      id = row.getString(1);
    }
    return byId(connection, id).orElseThrow();
  }

  public static Optional<ExperimentResult> byId(Connection connection, String id)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(EXPERIMENT)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        Instant asOf = NullableColumns.instant(row, "as_of");
        List<Arm> arms = new ArrayList<>();
        Double sampleRatioP = arms(connection, id, arms);
        return Optional.of(
            new ExperimentResult(
                id,
                asOf,
                NullableColumns.instant(row, "started_at"),
                NullableColumns.instant(row, "ended_at"),
                row.getBigDecimal("holdout_share"),
                sampleRatioP,
                List.copyOf(arms)));
      }
    }
  }

  /** Those that run first, then the newest. */
  public static List<Summary> all(Connection connection) throws SQLException {
    List<Summary> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(ALL);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        all.add(
            new Summary(
                row.getString("experiment_id"),
                NullableColumns.instant(row, "started_at"),
                NullableColumns.instant(row, "ended_at"),
                row.getBigDecimal("holdout_share")));
      }
    }
    return all;
  }

  /** Returns the sample ratio's p, which is the same in every row. */
  private static Double arms(Connection connection, String id, List<Arm> arms) throws SQLException {
    Double sampleRatioP = null;
    try (PreparedStatement statement = connection.prepareStatement(ARMS)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          BigDecimal p = row.getBigDecimal("sample_ratio_p");
          sampleRatioP = p == null ? null : p.doubleValue();
          arms.add(
              new Arm(
                  row.getString("arm"),
                  row.getBigDecimal("configured_share"),
                  row.getLong("decided"),
                  row.getLong("still_open"),
                  row.getLong("users"),
                  row.getLong("sent"),
                  row.getLong("reactivated"),
                  row.getBigDecimal("rate"),
                  row.getBigDecimal("uplift"),
                  row.getBigDecimal("uplift_low"),
                  row.getBigDecimal("uplift_high"),
                  row.getBigDecimal("revenue"),
                  row.getBigDecimal("revenue_per_user"),
                  row.getBigDecimal("revenue_difference"),
                  row.getBigDecimal("revenue_low"),
                  row.getBigDecimal("revenue_high"),
                  row.getLong("unconverted_orders"),
                  row.getObject("more_users_needed", Long.class),
                  row.getString("verdict")));
        }
      }
    }
    return sampleRatioP;
  }
}
