package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.SegmentCounts.Winnable;
import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sums the clients at risk and their value at stake. A row has the columns segment, at_risk,
 * clients and {@link #COLUMNS}. For one thread.
 */
final class RiskTally {

  /** The value at stake, and how many became at risk in each period with their value at stake. */
  static final String COLUMNS =
      "sum(value_at_stake) filter (where at_risk) as stake,"
          + Period.CHOICES.stream()
              .map(
                  days ->
                      """
                      count(*) filter (where at_risk and at_risk_since >= :since%1$d) as new%1$d,
                      sum(value_at_stake) filter (where at_risk and at_risk_since >= :since%1$d)
                        as stake%1$d"""
                          .formatted(days))
              .collect(Collectors.joining(","));

  private BigDecimal stake;
  private final Sum winnable = new Sum();
  private final Map<Integer, Sum> newlyWinnable = new HashMap<>();

  private static final class Sum {
    private long clients;
    private BigDecimal stake;

    private void add(long more, BigDecimal moreStake) {
      clients += more;
      stake = plus(stake, moreStake);
    }

    private Winnable total() {
      return new Winnable(clients, money(stake));
    }
  }

  /** The parameters of {@link #COLUMNS}: the first day of each period. */
  static Map<String, Object> parameters(Instant asOf) {
    return Period.CHOICES.stream()
        .collect(
            Collectors.toMap(
                days -> "since" + days,
                days -> new Period(days, asOf).since().atStartOfDay().atOffset(ZoneOffset.UTC)));
  }

  void add(ResultSet row) throws SQLException {
    if (!row.getBoolean("at_risk")) {
      return;
    }
    stake = plus(stake, row.getBigDecimal("stake"));
    if (Segment.valueOf(row.getString("segment")).isWinnable()) {
      winnable.add(row.getLong("clients"), row.getBigDecimal("stake"));
      for (int days : Period.CHOICES) {
        newlyWinnable
            .computeIfAbsent(days, period -> new Sum())
            .add(row.getLong("new" + days), row.getBigDecimal("stake" + days));
      }
    }
  }

  /** Of all clients at risk; null if no model says what an order is worth. */
  BigDecimal stake() {
    return money(stake);
  }

  Winnable winnable() {
    return winnable.total();
  }

  /** By the days of the period. */
  Map<Integer, Winnable> newlyWinnable() {
    return Period.CHOICES.stream()
        .collect(
            Collectors.toMap(
                days -> days, days -> newlyWinnable.getOrDefault(days, new Sum()).total()));
  }

  private static BigDecimal plus(BigDecimal sum, BigDecimal more) {
    return sum == null ? more : more == null ? sum : sum.add(more);
  }

  private static BigDecimal money(BigDecimal sum) {
    return sum == null ? null : sum.setScale(2, RoundingMode.HALF_EVEN);
  }
}
