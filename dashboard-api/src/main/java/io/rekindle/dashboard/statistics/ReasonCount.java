package io.rekindle.dashboard.statistics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many there are for a reason, which is a machine's code. */
public record ReasonCount(String reason, long count) {

  /** The reasons with the largest counts first. */
  public static List<ReasonCount> largestFirst(Map<String, Long> counts) {
    return new TreeMap<>(counts)
        .entrySet().stream()
            .map(entry -> new ReasonCount(entry.getKey(), entry.getValue()))
            .sorted((a, b) -> Long.compare(b.count(), a.count()))
            .toList();
  }
}
