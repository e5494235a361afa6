package io.rekindle.dashboard.policies;

import io.rekindle.scoring.factor.Breakdown;
import io.rekindle.scoring.factor.Factor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Clients by the points of each factor: with tiers, the clients of each step. For one thread.
 *
 * <p>A factor with a line gives almost every client points of its own. It is left out from {@link
 * #MAX_POINTS} different points on.
 */
public final class PointsTally {

  /** More steps than a person draws. */
  private static final int MAX_POINTS = 64;

  private static final Factor[] FACTORS = Factor.values();

  private final double[][] points = new double[FACTORS.length][MAX_POINTS];
  private final long[][] clients = new long[FACTORS.length][MAX_POINTS];
  private final int[] sizes = new int[FACTORS.length];
  private final boolean[] tooMany = new boolean[FACTORS.length];

  /** Clients with these points of a factor. */
  public record PointsCount(double points, long clients) {}

  /** Counts a client with a score. */
  void add(Breakdown breakdown) {
    for (Factor factor : FACTORS) {
      add(factor, breakdown.points(factor), 1);
    }
  }

  /** Counts clients with these points of a factor. */
  public void add(Factor factor, double value, long count) {
    int f = factor.index();
    if (tooMany[f]) {
      return;
    }
    double[] known = points[f];
    int i = 0;
    while (i < sizes[f] && known[i] != value) {
      i++;
    }
    if (i == sizes[f]) {
      if (i == MAX_POINTS) {
        tooMany[f] = true;
        return;
      }
      known[i] = value;
      sizes[f]++;
    }
    clients[f][i] += count;
  }

  /** The counts by the key of the factor, each ascending by points. */
  public Map<String, List<PointsCount>> byFactor() {
    Map<String, List<PointsCount>> counts = new LinkedHashMap<>();
    for (Factor factor : FACTORS) {
      int f = factor.index();
      List<PointsCount> ofFactor = new ArrayList<>();
      for (int i = 0; i < sizes[f] && !tooMany[f]; i++) {
        ofFactor.add(new PointsCount(points[f][i], clients[f][i]));
      }
      ofFactor.sort(Comparator.comparingDouble(PointsCount::points));
      counts.put(factor.key(), ofFactor);
    }
    return counts;
  }
}
