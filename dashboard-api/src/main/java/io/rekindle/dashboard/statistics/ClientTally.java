package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.SegmentCounts.Bin;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums clients by segment, band and score. A row has the columns segment, band, at_risk, bin,
 * clients, scored, total_score, overridden and spend. For one thread.
 */
final class ClientTally {

  private static final int BINS = 20;
  private static final int BIN_WIDTH = 100 / BINS;

  // Bin 0 is below 0 and bin 21 above 100, so that a policy's limits of a score do not matter.
  static final String BIN_OF_SCORE = "width_bucket(score::float8, 0, 100, " + BINS + ")";

  private final Count all = new Count();
  private final Map<String, Count> segments = new LinkedHashMap<>();
  private final Map<String, Long> bands = new LinkedHashMap<>();
  private final long[] binClients = new long[BINS];
  private final long[] binAtRisk = new long[BINS];

  void add(ResultSet row) throws SQLException {
    long clients = row.getLong("clients");
    all.add(row);
    segments.computeIfAbsent(row.getString("segment"), segment -> new Count()).add(row);
    bands.merge(row.getString("band"), clients, Long::sum);
    Integer bucket = row.getObject("bin", Integer.class);
    if (bucket != null) {
      int bin = Math.min(BINS, Math.max(1, bucket)) - 1;
      binClients[bin] += clients;
      binAtRisk[bin] += row.getBoolean("at_risk") ? clients : 0;
    }
  }

  Count all() {
    return all;
  }

  Map<String, Count> segments() {
    return segments;
  }

  Map<String, Long> bands() {
    return bands;
  }

  List<Bin> bins() {
    List<Bin> bins = new ArrayList<>(BINS);
    for (int i = 0; i < BINS; i++) {
      bins.add(new Bin(i * BIN_WIDTH, (i + 1) * BIN_WIDTH, binClients[i], binAtRisk[i]));
    }
    return List.copyOf(bins);
  }

  /** The sums of some clients. */
  static final class Count {
    private long clients;
    private long scored;
    private long atRisk;
    private long overridden;
    private double totalScore;
    private BigDecimal spend = BigDecimal.ZERO;

    private void add(ResultSet row) throws SQLException {
      clients += row.getLong("clients");
      scored += row.getLong("scored");
      atRisk += row.getBoolean("at_risk") ? row.getLong("clients") : 0;
      overridden += row.getLong("overridden");
      totalScore += row.getDouble("total_score");
      BigDecimal more = row.getBigDecimal("spend");
      spend = more == null ? spend : spend.add(more);
    }

    long clients() {
      return clients;
    }

    long scored() {
      return scored;
    }

    long atRisk() {
      return atRisk;
    }

    long overridden() {
      return overridden;
    }

    double totalScore() {
      return totalScore;
    }

    BigDecimal spend() {
      return spend;
    }

    /** One decimal; null without a score. */
    BigDecimal averageScore() {
      return scored == 0
          ? null
          : BigDecimal.valueOf(totalScore / scored).setScale(1, RoundingMode.HALF_EVEN);
    }
  }
}
