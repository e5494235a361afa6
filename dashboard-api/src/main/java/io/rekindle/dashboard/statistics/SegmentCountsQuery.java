package io.rekindle.dashboard.statistics;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.statistics.SegmentCounts.Bin;
import io.rekindle.dashboard.statistics.SegmentCounts.SegmentCount;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import io.rekindle.dashboard.web.Json;
import io.rekindle.scoring.policy.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts how all clients stand, in one pass over their scores, a piece of the table at a time. */
final class SegmentCountsQuery {

  private static final int BINS = 20;
  private static final int BIN_WIDTH = 100 / BINS;

  // Bin 0 is below 0 and the last one above 100: no policy's clamp needs to be known here.
  private static final String SQL =
      """
      select segment, band, at_risk, width_bucket(score::float8, 0, 100, 20) as bin,
             count(*) as clients, count(score) as scored, sum(score::float8) as total_score,
             count(*) filter (where overridden) as overridden,
             sum(order_count * average_order_value) as spend
      from engagement.user_scores
      where ctid >= cast(? as tid) and ctid < cast(? as tid)
      group by 1, 2, 3, 4
      """;

  private static final String CONTEXT =
      """
      select clock_timestamp() as as_of, (select scored_until from engagement.scored_until),
             (select document::text from engagement.scoring_policies where active) as document
      """;

  private static final String PAGES =
      """
      select pg_relation_size('engagement.user_scores') / current_setting('block_size')::int
      """;

  /** Pages of the table, some ten thousand clients: a few hundredths of a second. */
  private static final int STEP = 256;

  SegmentCounts compute(Connection connection, DutyCycle dutyCycle) throws SQLException {
    Instant asOf;
    Instant scoredUntil;
    ScoringPolicy policy;
    try (PreparedStatement statement = connection.prepareStatement(CONTEXT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      asOf = NullableColumns.instant(row, "as_of");
      scoredUntil = NullableColumns.instant(row, "scored_until");
      policy = policy(row.getString("document"));
    }
    connection.commit();
    Count all = new Count();
    Map<String, Count> segments = new LinkedHashMap<>();
    Map<String, Long> bands = new LinkedHashMap<>();
    long[] bins = new long[BINS];
    long[] binsAtRisk = new long[BINS];
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      // Whoever is seen was there before the table is measured.
      for (long page = 0, pages = pages(connection); page < pages; page += STEP) {
        statement.setString(1, "(%d,0)".formatted(page));
        statement.setString(2, "(%d,0)".formatted(page + STEP));
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            all.add(row);
            segments.computeIfAbsent(row.getString("segment"), segment -> new Count()).add(row);
            bands.merge(row.getString("band"), row.getLong("clients"), Long::sum);
            Integer bucket = row.getObject("bin", Integer.class);
            if (bucket != null) {
              int bin = Math.min(BINS, Math.max(1, bucket)) - 1;
              bins[bin] += row.getLong("clients");
              if (row.getBoolean("at_risk")) {
                binsAtRisk[bin] += row.getLong("clients");
              }
            }
          }
        }
        dutyCycle.rest();
      }
    }
    JsonNode document = Json.column(policy.json());
    return new SegmentCounts(
        asOf,
        scoredUntil,
        all.clients,
        all.scored,
        all.atRisk,
        all.overridden,
        all.averageScore(),
        thresholds(policy, document),
        document.path("currency").path("base").textValue(),
        segments(segments, all.clients),
        bands,
        bins(bins, binsAtRisk));
  }

  private static long pages(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGES);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What a policy that does not validate leaves in force is not known here: the built-in one. */
  private static ScoringPolicy policy(String document) {
    if (document != null) {
      try {
        return ScoringPolicy.parse(document);
      } catch (InvalidPolicyException e) {
        // The pipeline has refused it, too, and put it among the dead letters.
      }
    }
    return ScoringPolicy.builtIn("cadence-v1");
  }

  private static Thresholds thresholds(ScoringPolicy policy, JsonNode document) {
    JsonNode bands = document.path("bands");
    return new Thresholds(
        policy.version(),
        policy.atRiskBelow(),
        bands.path("healthyFrom").intValue(),
        bands.path("coolingFrom").intValue(),
        bands.path("lowFrom").intValue());
  }

  private static List<SegmentCount> segments(Map<String, Count> counts, long clients) {
    return counts.entrySet().stream()
        .map(
            entry -> {
              Count count = entry.getValue();
              return new SegmentCount(
                  entry.getKey(),
                  count.clients,
                  (double) count.clients / clients,
                  count.atRisk,
                  count.averageScore(),
                  count.spend.setScale(2, RoundingMode.HALF_EVEN));
            })
        .sorted(Comparator.comparingLong(SegmentCount::clients).reversed())
        .toList();
  }

  private static List<Bin> bins(long[] clients, long[] atRisk) {
    List<Bin> bins = new ArrayList<>(BINS);
    for (int i = 0; i < BINS; i++) {
      bins.add(new Bin(i * BIN_WIDTH, (i + 1) * BIN_WIDTH, clients[i], atRisk[i]));
    }
    return List.copyOf(bins);
  }

  private static final class Count {
    private long clients;
    private long scored;
    private long atRisk;
    private long overridden;
    private double totalScore;
    private BigDecimal spend = BigDecimal.ZERO;

    void add(ResultSet row) throws SQLException {
      clients += row.getLong("clients");
      scored += row.getLong("scored");
      atRisk += row.getBoolean("at_risk") ? row.getLong("clients") : 0;
      overridden += row.getLong("overridden");
      totalScore += row.getDouble("total_score");
      BigDecimal more = row.getBigDecimal("spend");
      spend = more == null ? spend : spend.add(more);
    }

    BigDecimal averageScore() {
      return scored == 0
          ? null
          : BigDecimal.valueOf(totalScore / scored).setScale(1, RoundingMode.HALF_EVEN);
    }
  }
}
