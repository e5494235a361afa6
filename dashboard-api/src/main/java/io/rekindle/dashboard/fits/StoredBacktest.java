package io.rekindle.dashboard.fits;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rekindle.dashboard.json.Json;
import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.PolicyBacktest;
import io.rekindle.prediction.YearAheadBacktest;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A row of engagement.backtests.
 *
 * @param policyVersions the stored policies that it compares; first the one that was fitted
 * @param asOf later orders were not read
 */
public record StoredBacktest(
    long backtestId,
    List<String> policyVersions,
    Instant asOf,
    String ranBy,
    Instant ranAt,
    Backtest.Result result) {

  private static final String SELECT =
      """
      select backtest_id, policy_versions, as_of, ran_by, ran_at, document::text
      from engagement.backtests
      """;

  private static final int MAX_LISTED = 100;

  /**
   * A policy in a backtest, as a list shows it.
   *
   * @param sawOutcomes whether the policy was fitted after some of the instants
   */
  public record Row(
      long backtestId,
      Instant asOf,
      Instant ranAt,
      String ranBy,
      String policy,
      boolean sawOutcomes,
      long examples,
      long returns,
      Double auc,
      Double brier,
      Double logLoss,
      Double ece,
      Double slope,
      Double intercept,
      Double daysOfWarning,
      Double emailsPerDay,
      Double cameBackAnyway) {}

  /** The newest backtests, without more than a hundred. */
  static List<StoredBacktest> newest(Handle handle) {
    return handle
        .createQuery(SELECT + " order by ran_at desc, backtest_id desc limit :limit")
        .bind("limit", MAX_LISTED)
        .map((row, context) -> read(row))
        .list();
  }

  static Optional<StoredBacktest> byId(Handle handle, long backtestId) {
    return handle
        .createQuery(SELECT + " where backtest_id = :id")
        .bind("id", backtestId)
        .map((row, context) -> read(row))
        .findOne();
  }

  /**
   * The newest backtest of a policy.
   *
   * @param version null for the newest of all
   */
  static Optional<StoredBacktest> ofPolicy(Handle handle, String version) {
    return handle
        .createQuery(
            SELECT
                + """
                 where cast(:version as text) is null
                   or policy_versions @> array[cast(:version as text)]
                 order by ran_at desc, backtest_id desc limit 1
                """)
        .bind("version", version)
        .map((row, context) -> read(row))
        .findOne();
  }

  /** The year ahead in the newest backtest; empty without one. */
  public static Optional<YearAheadBacktest> newestYearAhead(Handle handle) {
    return handle
        .createQuery(
            "select year_ahead::text from engagement.backtests"
                + " order by ran_at desc, backtest_id desc limit 1")
        .mapTo(String.class)
        .findOne()
        .map(document -> parsed(document, YearAheadBacktest.class));
  }

  private static StoredBacktest read(ResultSet row) throws SQLException {
    Array versions = row.getArray("policy_versions");
    return new StoredBacktest(
        row.getLong("backtest_id"),
        List.copyOf(Arrays.asList((String[]) versions.getArray())),
        row.getObject("as_of", OffsetDateTime.class).toInstant(),
        row.getString("ran_by"),
        row.getObject("ran_at", OffsetDateTime.class).toInstant(),
        parsed(row.getString("document"), Backtest.Result.class));
  }

  private static <T> T parsed(String document, Class<T> type) {
    try {
      return Json.MAPPER.readValue(document, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A stored backtest has another form", e);
    }
  }

  /** A row for each policy. */
  List<Row> rows() {
    return result.policies().stream().map(this::row).toList();
  }

  private Row row(PolicyBacktest policy) {
    return new Row(
        backtestId,
        asOf,
        ranAt,
        ranBy,
        policy.policy(),
        policy.sawOutcomes(),
        policy.figures().examples(),
        policy.figures().returns(),
        policy.figures().auc(),
        policy.figures().brier(),
        policy.figures().logLoss(),
        policy.figures().ece(),
        policy.figures().slope(),
        policy.figures().intercept(),
        policy.warning().days(),
        policy.emails().perDay(),
        policy.emails().cameBackAnyway());
  }
}
