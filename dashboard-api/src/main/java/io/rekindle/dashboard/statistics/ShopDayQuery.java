package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.ClientTally.Count;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import io.rekindle.dashboard.statistics.ShopDay.SegmentOfDay;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.LocalDate;
import java.time.OffsetDateTime;
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

  private static final int BATCH_CLIENTS = 5_000;

  private static final String BY_LAST_ROW =
      """
      with batch as (
        select user_id from shop.users where user_id > :after order by user_id limit :batch)
      select (select max(user_id) from batch) as last_user_id,
             segment, band, at_risk, {bin} as bin,
             count(*) as clients, count(score) as scored, sum(score::float8) as total_score,
             0 as overridden, null::numeric as spend
      from batch
      left join lateral ({last}) last on true
      group by 2, 3, 4, 5
      """
          .replace("{bin}", ClientTally.BIN_OF_SCORE);

  private ShopDayQuery() {}

  /** Counts a day that is known. */
  static ShopDay compute(Handle handle, LocalDate day, KnownHistory known) {
    boolean reconstructed = known.isReconstructed(day);
    String sql = BY_LAST_ROW.replace("{last}", PastRows.of(reconstructed, "batch.user_id", "end"));
    OffsetDateTime end = PastRows.endOf(day);
    ClientTally tally = new ClientTally();
    String after = "";
    while (after != null) {
      after = add(handle, sql, after, end, tally);
    }
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

  /** Adds the next clients; returns the last of them, or null at the end. */
  private static String add(
      Handle handle, String sql, String after, OffsetDateTime end, ClientTally tally) {
    return handle
        .createQuery(sql)
        .bind("after", after)
        .bind("batch", BATCH_CLIENTS)
        .bind("end", end)
        .map(
            (row, context) -> {
              // A client who came later has no row.
              if (row.getString("segment") != null) {
                tally.add(row);
              }
              return row.getString("last_user_id");
            })
        .list()
        .stream()
        .findFirst()
        .orElse(null);
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
