package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.dashboard.statistics.ClientTally.Count;
import io.rekindle.dashboard.statistics.SegmentCounts.SegmentCount;
import io.rekindle.dashboard.statistics.SegmentCounts.Thresholds;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Counts all clients in one pass over their scores, a piece of the table at a time. Stateless. */
final class SegmentCountsQuery {

  private static final String SQL =
      """
      select segment, band, at_risk, {bin} as bin,
             count(*) as clients, count(score) as scored, sum(score::float8) as total_score,
             count(*) filter (where overridden) as overridden,
             sum(order_count * average_order_value) as spend,
             {rfm},
             {risk}
      from engagement.user_scores
      where ctid >= cast(:from as tid) and ctid < cast(:to as tid)
      group by segment, band, at_risk, bin, recency, frequency
      """
          .replace("{bin}", ClientTally.BIN_OF_SCORE)
          .replace("{rfm}", RfmTally.COLUMNS)
          .replace("{risk}", RiskTally.COLUMNS);

  private static final String CONTEXT =
      """
      select clock_timestamp() as as_of,
             (select scored_until from engagement.scored_until) as scored_until
      """;

  /** When a count begins, and up to which commit it counts; scoredUntil may be null. */
  private record Context(Instant asOf, Instant scoredUntil) {}

  SegmentCounts compute(Handle handle, DutyCycle dutyCycle) {
    Context context = handle.createQuery(CONTEXT).mapTo(Context.class).one();
    PolicyInForce inForce = PolicyInForce.read(handle);
    ClientTally tally = new ClientTally();
    RiskTally risk = new RiskTally();
    RfmTally rfm = new RfmTally();
    handle.useTransaction(counting -> count(counting, context.asOf(), tally, risk, rfm, dutyCycle));
    return new SegmentCounts(
        context.asOf(),
        context.scoredUntil(),
        tally.all().clients(),
        tally.all().scored(),
        tally.all().atRisk(),
        risk.stake(),
        risk.winnable(),
        risk.newlyWinnable(),
        tally.all().overridden(),
        tally.all().totalScore(),
        tally.all().averageScore(),
        Thresholds.of(inForce.policy()),
        inForce.currency(),
        inForce.usdRate(),
        segments(tally.segments(), tally.all().clients()),
        tally.bands(),
        tally.bins(),
        rfm.grid());
  }

  private static void count(
      Handle handle,
      Instant asOf,
      ClientTally tally,
      RiskTally risk,
      RfmTally rfm,
      DutyCycle dutyCycle) {
    ScorePieces.each(
        handle,
        SQL,
        query ->
            query
                .bindMap(RiskTally.parameters(asOf))
                .bindMap(RfmTally.parameters(asOf))
                .map(
                    (row, context) -> {
                      tally.add(row);
                      risk.add(row);
                      rfm.add(row);
                      return tally;
                    })
                .forEach(counted -> {}),
        dutyCycle);
  }

  private static List<SegmentCount> segments(Map<String, Count> counts, long clients) {
    return counts.entrySet().stream()
        .map(
            entry -> {
              Count count = entry.getValue();
              return new SegmentCount(
                  entry.getKey(),
                  count.clients(),
                  (double) count.clients() / clients,
                  count.atRisk(),
                  count.averageScore(),
                  count.spend().setScale(2, RoundingMode.HALF_EVEN));
            })
        .sorted(Comparator.comparingLong(SegmentCount::clients).reversed())
        .toList();
  }
}
