package io.rekindle.dashboard.statistics;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The clients by how long ago the last order was and by how many orders there are, with what they
 * spent. The classes are the same for every shop and day, so that grids can be compared. Their
 * limits are thresholds of the built-in policy.
 *
 * @param recency classes by UTC days since the last order, the newest first
 * @param frequency classes by effective orders ever, the fewest first
 * @param cells each recency by each frequency, in the order of both; those without clients, too
 */
public record RfmGrid(List<Level> recency, List<Level> frequency, List<Cell> cells) {

  private static final int[] DAYS = {0, 30, 60, 90, 180, 365};
  private static final int[] ORDERS = {1, 2, 3, 5, 7, 10};

  static final List<Level> RECENCY = levels(DAYS);
  static final List<Level> FREQUENCY = levels(ORDERS);

  /**
   * A class.
   *
   * @param from its least number
   * @param to its greatest number; null if there is none
   */
  public record Level(int from, Integer to) {}

  /**
   * The clients in both classes.
   *
   * @param atRiskShare of the clients, 0 to 1; null without clients
   * @param spend of all their effective orders ever, in the policy's currency
   */
  public record Cell(
      Level recency,
      Level frequency,
      long clients,
      long atRisk,
      Double atRiskShare,
      BigDecimal spend) {

    /** Path of the list of these clients. */
    public String link() {
      StringBuilder path = new StringBuilder("/clients?");
      path.append("orderCountMin=").append(frequency.from());
      if (frequency.to() != null) {
        path.append("&orderCountMax=").append(frequency.to());
      }
      // An order may be dated ahead by some hours, so the newest class has no least number.
      if (recency.from() > 0) {
        path.append("&lastOrderDaysMin=").append(recency.from());
      }
      if (recency.to() != null) {
        path.append("&lastOrderDaysMax=").append(recency.to());
      }
      return path.toString();
    }
  }

  /** The cells of a recency. */
  public List<Cell> row(int recency) {
    return cells.subList(recency * frequency.size(), (recency + 1) * frequency.size());
  }

  private static List<Level> levels(int[] from) {
    return IntStream.range(0, from.length)
        .mapToObj(i -> new Level(from[i], i + 1 < from.length ? from[i + 1] - 1 : null))
        .toList();
  }
}
