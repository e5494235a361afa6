package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.statistics.SegmentCounts;
import io.rekindle.dashboard.statistics.SegmentTotals;
import io.rekindle.dashboard.statistics.ShopDay;
import io.rekindle.scoring.policy.Segment;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The number of clients in a long list, where the counts of all clients have it. */
final class KnownTotal {

  private KnownTotal() {}

  /** The clients now. Empty if the counts do not have the number. */
  static Optional<Long> of(ClientFilter filter, SegmentCounts counts) {
    return filter.asksForFacetsAlone()
        ? of(filter, counts.bands(), counts.segments())
        : Optional.empty();
  }

  /**
   * The clients at the end of a past day. Empty if its counts do not have the number.
   *
   * @param counts of a day, asked for only if they can have it; empty until there are any
   */
  static Optional<Long> of(PastFilter filter, Function<LocalDate, Optional<ShopDay>> counts) {
    return filter.asksForFacetsAlone()
        ? counts.apply(filter.on()).flatMap(day -> of(filter.filter(), day.bands(), day.segments()))
        : Optional.empty();
  }

  private static Optional<Long> of(
      ClientFilter filter, Map<String, Long> bands, List<? extends SegmentTotals> segments) {
    Boolean atRisk = filter.atRisk();
    Boolean winnable = filter.traits().winnable();
    if (filter.band() != null) {
      return filter.segment() == null && atRisk == null && winnable == null
          ? Optional.of(bands.getOrDefault(filter.band().name(), 0L))
          : Optional.empty();
    }
    if (Boolean.FALSE.equals(atRisk) && winnable != null) {
      return Optional.empty();
    }
    return Optional.of(
        segments.stream()
            .filter(
                count ->
                    filter.segment() == null || filter.segment().name().equals(count.segment()))
            .mapToLong(number(atRisk, winnable))
            .sum());
  }

  private static ToLongFunction<SegmentTotals> number(Boolean atRisk, Boolean winnable) {
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
