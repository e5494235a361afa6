package io.rekindle.dashboard.statistics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sums clients by the classes of an {@link RfmGrid}. A row has the columns at_risk, clients, spend
 * and {@link #COLUMNS}. For one thread.
 */
final class RfmTally {

  /** The places of both classes; recency is null without an order, and frequency 0. */
  static final String COLUMNS =
      """
      {last} - width_bucket(last_order_at, array[{borders}]) as recency,
      width_bucket(order_count, array[{orders}]) as frequency
      """
          .replace("{last}", String.valueOf(RfmGrid.RECENCY.size() - 1))
          .replace(
              "{borders}",
              borders().stream()
                  .map(days -> "cast(:recency%d as timestamptz)".formatted(days))
                  .collect(Collectors.joining(", ")))
          .replace(
              "{orders}",
              RfmGrid.FREQUENCY.stream()
                  .map(level -> String.valueOf(level.from()))
                  .collect(Collectors.joining(", ")));

  private final long[] clients = new long[RfmGrid.RECENCY.size() * RfmGrid.FREQUENCY.size()];
  private final long[] atRisk = new long[clients.length];
  private final BigDecimal[] spend = new BigDecimal[clients.length];

  RfmTally() {
    Arrays.fill(spend, BigDecimal.ZERO);
  }

  /** The classes that end, the one that ends earliest first. */
  private static List<Integer> borders() {
    List<Integer> days = new ArrayList<>();
    for (RfmGrid.Level level : RfmGrid.RECENCY) {
      if (level.to() != null) {
        days.add(0, level.to());
      }
    }
    return days;
  }

  /** The parameters of {@link #COLUMNS}: the first instant of each class that ends. */
  static Map<String, Object> parameters(Instant asOf) {
    LocalDate today = asOf.atOffset(ZoneOffset.UTC).toLocalDate();
    return borders().stream()
        .collect(
            Collectors.toMap(
                days -> "recency" + days,
                days -> today.minusDays(days).atStartOfDay().atOffset(ZoneOffset.UTC)));
  }

  void add(ResultSet row) throws SQLException {
    Integer recency = row.getObject("recency", Integer.class);
    int frequency = row.getInt("frequency");
    if (recency == null || frequency == 0) {
      return;
    }
    int cell = recency * RfmGrid.FREQUENCY.size() + frequency - 1;
    clients[cell] += row.getLong("clients");
    atRisk[cell] += row.getBoolean("at_risk") ? row.getLong("clients") : 0;
    BigDecimal more = row.getBigDecimal("spend");
    spend[cell] = more == null ? spend[cell] : spend[cell].add(more);
  }

  RfmGrid grid() {
    List<RfmGrid.Cell> cells = new ArrayList<>();
    for (RfmGrid.Level recency : RfmGrid.RECENCY) {
      for (RfmGrid.Level frequency : RfmGrid.FREQUENCY) {
        int cell = cells.size();
        cells.add(
            new RfmGrid.Cell(
                recency,
                frequency,
                clients[cell],
                atRisk[cell],
                clients[cell] == 0 ? null : (double) atRisk[cell] / clients[cell],
                spend[cell].setScale(2, RoundingMode.HALF_EVEN)));
      }
    }
    return new RfmGrid(RfmGrid.RECENCY, RfmGrid.FREQUENCY, List.copyOf(cells));
  }
}
