package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.statistics.SegmentCounts;
import io.rekindle.dashboard.statistics.SegmentCounts.SegmentCount;
import io.rekindle.scoring.policy.Segment;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The number of clients in a long list, where the counts of all clients have it. */
final class KnownTotal {

  private KnownTotal() {}

  /** Empty if the counts do not have the number. */
  static Optional<Long> of(ClientFilter filter, SegmentCounts counts) {
    if (!filter.asksForFacetsAlone()) {
      return Optional.empty();
    }
    Boolean atRisk = filter.atRisk();
    Boolean winnable = filter.traits().winnable();
    if (filter.band() != null) {
      return filter.segment() == null && atRisk == null && winnable == null
          ? Optional.ofNullable(counts.bands().get(filter.band().name()))
          : Optional.empty();
    }
    if (Boolean.FALSE.equals(atRisk) && winnable != null) {
      return Optional.empty();
    }
    return Optional.of(
        counts.segments().stream()
            .filter(
                count ->
                    filter.segment() == null || filter.segment().name().equals(count.segment()))
            .mapToLong(number(atRisk, winnable))
            .sum());
  }

  private static ToLongFunction<SegmentCount> number(Boolean atRisk, Boolean winnable) {
    return count -> {
      long ofSegment =
          atRisk == null
              ? count.clients()
              : atRisk ? count.atRisk() : count.clients() - count.atRisk();
      if (winnable == null) {
        return ofSegment;
      }
      long winnableOnes = Segment.valueOf(count.segment()).isWinnable() ? count.atRisk() : 0;
      return winnable ? winnableOnes : ofSegment - winnableOnes;
    };
  }
}
