package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.ClientTally.Count;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import io.rekindle.dashboard.statistics.ShopDay.SegmentOfDay;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Counts all clients at the end of a day: each by the last row before it, some thousand clients at
 * a time. A day is counted in the reconstructed history or in the observed one, never in both.
 * Stateless.
 */
final class ShopDayQuery {

  private static final String BY_LAST_ROW =
      """
      select segment, band, at_risk, {bin} as bin,
             count(*) as clients, count(score) as scored, sum(score::float8) as total_score,
             0 as overridden, null::numeric as spend
      from shop.users u cross join lateral ({last}) last
      where u.user_id > :after and u.user_id <= :last
      group by 1, 2, 3, 4
      """
          .replace("{bin}", ClientTally.BIN_OF_SCORE);

  private ShopDayQuery() {}

  /** Counts a day that is known. */
  static ShopDay compute(Handle handle, LocalDate day, KnownHistory known) {
    boolean reconstructed = known.isReconstructed(day);
    String sql = BY_LAST_ROW.replace("{last}", PastRows.of(reconstructed, "u.user_id", "end"));
    ClientTally tally = new ClientTally();
    // A client who came later has no row.
    ClientBatches.forEach(
        handle,
        sql,
        batch ->
            batch
                .bind("end", PastRows.endOf(day))
                .map(
                    (row, context) -> {
                      tally.add(row);
                      return row;
                    })
                .forEach(counted -> {}));
    return new ShopDay(
        day,
        reconstructed,
        tally.all().clients(),
        tally.all().scored(),
        tally.all().atRisk(),
        tally.all().averageScore(),
        reconstructed ? thresholds(known.pastPolicy()) : null,
        segments(tally),
        Map.copyOf(tally.bands()),
        tally.bins());
  }

  private static List<SegmentOfDay> segments(ClientTally tally) {
    return tally.segments().entrySet().stream()
        .map(
            entry -> {
              Count count = entry.getValue();
              return new SegmentOfDay(
                  entry.getKey(),
                  count.clients(),
                  (double) count.clients() / tally.all().clients(),
                  count.atRisk(),
                  count.averageScore());
            })
        .sorted(Comparator.comparingLong(SegmentOfDay::clients).reversed())
        .toList();
  }

  private static Thresholds thresholds(String document) {
    try {
      return Thresholds.of(ScoringPolicy.parse(document));
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The policy of the reconstruction is not valid", e);
    }
  }
}
