package io.rekindle.dashboard.statistics;

import io.rekindle.scoring.policy.Segment;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * A movement as ribbons between two columns of segments. Heights are in pixels. The width is 0 to
 * 100, to be stretched.
 *
 * @param height of the whole plot
 */
public record SankeyPlot(
    BigDecimal height, List<Node> left, List<Node> right, List<Ribbon> ribbons) {

  /** The engaged segments stand on top; null, which is no segment, at the bottom. */
  static final List<Segment> ORDER =
      List.of(
          Segment.CHAMPION,
          Segment.LOYAL,
          Segment.PROMISING,
          Segment.NEW,
          Segment.NEEDS_ATTENTION,
          Segment.AT_RISK,
          Segment.CANT_LOSE,
          Segment.HIBERNATING,
          Segment.LOST,
          Segment.PROSPECT);

  /** All clients together are so high. */
  private static final double ALL = 320;

  /** Room for two lines of text beside a small node. */
  private static final double MIN_SLOT = 40;

  private static final double GAP = 6;

  /**
   * A segment on one of the days.
   *
   * @param segment null for none
   * @param middle where its texts stand
   */
  public record Node(
      String segment, long clients, BigDecimal top, BigDecimal height, BigDecimal middle) {}

  /**
   * The clients of a flow.
   *
   * @param path of its shape, in SVG
   */
  public record Ribbon(Movement.Flow flow, String path) {}

  /** Where the ribbons of each segment begin next. */
  private record Column(List<Node> nodes, Map<String, Double> next, double height) {}

  /** A plot without ribbons if there are no clients. */
  public static SankeyPlot of(Movement movement) {
    double scale = ALL / Math.max(1, movement.clients());
    Column left = column(movement, Movement.Flow::from, scale);
    Column right = column(movement, Movement.Flow::to, scale);
    Comparator<Movement.Flow> order =
        Comparator.comparingInt((Movement.Flow flow) -> place(flow.from()))
            .thenComparingInt(flow -> place(flow.to()));
    List<Ribbon> ribbons = new ArrayList<>();
    for (Movement.Flow flow : movement.transfers().stream().sorted(order).toList()) {
      double thick = flow.clients() * scale;
      double from = left.next.merge(key(flow.from()), thick, Double::sum) - thick;
      double to = right.next.merge(key(flow.to()), thick, Double::sum) - thick;
      ribbons.add(new Ribbon(flow, path(from, to, thick)));
    }
    return new SankeyPlot(
        rounded(Math.max(left.height, right.height)), left.nodes, right.nodes, ribbons);
  }

  private static Column column(
      Movement movement, Function<Movement.Flow, String> end, double scale) {
    Map<String, Long> clients = new LinkedHashMap<>();
    movement.transfers().stream()
        .sorted(Comparator.comparingInt(flow -> place(end.apply(flow))))
        .forEach(flow -> clients.merge(key(end.apply(flow)), flow.clients(), Long::sum));
    List<Node> nodes = new ArrayList<>();
    Map<String, Double> next = new HashMap<>();
    double y = 0;
    for (Map.Entry<String, Long> entry : clients.entrySet()) {
      double height = entry.getValue() * scale;
      double slot = Math.max(height, MIN_SLOT);
      double top = y + (slot - height) / 2;
      String segment = entry.getKey().isEmpty() ? null : entry.getKey();
      nodes.add(
          new Node(
              segment, entry.getValue(), rounded(top), rounded(height), rounded(y + slot / 2)));
      next.put(entry.getKey(), top);
      y += slot + GAP;
    }
    return new Column(List.copyOf(nodes), next, Math.max(0, y - GAP));
  }

  private static String path(double from, double to, double thick) {
    return String.format(
        Locale.ROOT,
        "M0 %.2fC50 %.2f 50 %.2f 100 %.2fV%.2fC50 %.2f 50 %.2f 0 %.2fZ",
        from,
        from,
        to,
        to,
        to + thick,
        to + thick,
        from + thick,
        from + thick);
  }

  private static String key(String segment) {
    return segment == null ? "" : segment;
  }

  private static int place(String segment) {
    return segment == null ? ORDER.size() : ORDER.indexOf(Segment.valueOf(segment));
  }

  private static BigDecimal rounded(double pixels) {
    return BigDecimal.valueOf(pixels).setScale(2, RoundingMode.HALF_EVEN);
  }
}
