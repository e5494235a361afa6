package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.dashboard.statistics.SegmentCounts.Bin;
import io.rekindle.dashboard.statistics.SegmentCounts.SegmentCount;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Counts all clients in one pass over their scores, a piece of the table at a time. Stateless. */
final class SegmentCountsQuery {

  private static final int BINS = 20;
  private static final int BIN_WIDTH = 100 / BINS;

  // Bin 0 is below 0 and bin 21 above 100, so that a policy's limits of a score do not matter.
  private static final String SQL =
      """
      select segment, band, at_risk, width_bucket(score::float8, 0, 100, 20) as bin,
             count(*) as clients, count(score) as scored, sum(score::float8) as total_score,
             count(*) filter (where overridden) as overridden,
             sum(order_count * average_order_value) as spend
      from engagement.user_scores
      where ctid >= cast(:from as tid) and ctid < cast(:to as tid)
      group by 1, 2, 3, 4
      """;

  private static final String CONTEXT =
      """
      select clock_timestamp() as as_of,
             (select scored_until from engagement.scored_until) as scored_until
      """;

  private static final String PAGES =
      """
      select pg_relation_size('engagement.user_scores') / current_setting('block_size')::int
      """;

  /** Pages of the table, some ten thousand clients: a few hundredths of a second. */
  private static final int STEP = 256;

  /** When a count begins, and up to which commit it counts; scoredUntil may be null. */
  private record Context(Instant asOf, Instant scoredUntil) {}

  SegmentCounts compute(Handle handle, DutyCycle dutyCycle) {
    Context context = handle.createQuery(CONTEXT).mapTo(Context.class).one();
    PolicyInForce inForce = PolicyInForce.read(handle);
    Tally tally = new Tally();
    handle.useTransaction(counting -> count(counting, tally, dutyCycle));
    return new SegmentCounts(
        context.asOf(),
        context.scoredUntil(),
        tally.all.clients,
        tally.all.scored,
        tally.all.atRisk,
        tally.all.overridden,
        tally.all.averageScore(),
        Thresholds.of(inForce.policy()),
        inForce.currency(),
        segments(tally.segments, tally.all.clients),
        tally.bands,
        bins(tally.bins, tally.binsAtRisk));
  }

  private static void count(Handle handle, Tally tally, DutyCycle dutyCycle) {
    // A row that the transaction sees was there before the table is measured.
    long pages = handle.createQuery(PAGES).mapTo(Long.class).one();
    for (long page = 0; page < pages; page += STEP) {
      handle
          .createQuery(SQL)
          .bind("from", "(%d,0)".formatted(page))
          .bind("to", "(%d,0)".formatted(page + STEP))
          .map(
              (row, context) -> {
                tally.add(row);
                return tally;
              })
          .forEach(counted -> {});
      dutyCycle.rest();
    }
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

  /** The sums of one pass. */
  private static final class Tally {
    private final Count all = new Count();
    private final Map<String, Count> segments = new LinkedHashMap<>();
    private final Map<String, Long> bands = new LinkedHashMap<>();
    private final long[] bins = new long[BINS];
    private final long[] binsAtRisk = new long[BINS];

    void add(ResultSet row) throws SQLException {
      long clients = row.getLong("clients");
      all.add(row);
      segments.computeIfAbsent(row.getString("segment"), segment -> new Count()).add(row);
      bands.merge(row.getString("band"), clients, Long::sum);
      Integer bucket = row.getObject("bin", Integer.class);
      if (bucket != null) {
        int bin = Math.min(BINS, Math.max(1, bucket)) - 1;
        bins[bin] += clients;
        binsAtRisk[bin] += row.getBoolean("at_risk") ? clients : 0;
      }
    }
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
