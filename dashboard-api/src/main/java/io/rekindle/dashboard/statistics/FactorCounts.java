package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.policies.PointsTally;
import io.rekindle.dashboard.policies.PointsTally.PointsCount;
import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.scoring.factor.Factor;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Clients by the points of each factor under the policy in force, by its latest scores.
 *
 * @param policyVersion scores by another policy are not counted
 * @param factors by the key of the factor; an empty list for a factor without steps
 */
public record FactorCounts(
    Instant asOf, String policyVersion, Map<String, List<PointsCount>> factors) {

  private static final String SQL =
      """
      select factor, points, count(*) as clients
      from engagement.user_scores scores
        cross join lateral (values {values}) as part (factor, points)
      where scores.ctid >= cast(:from as tid) and scores.ctid < cast(:to as tid)
        and policy_version = :version and computed_score is not null and points is not null
      group by 1, 2
      """
          .replace(
              "{values}",
              Arrays.stream(Factor.values())
                  .map(factor -> "('" + factor.name() + "', " + factor.column() + ")")
                  .collect(Collectors.joining(", ")));

  static FactorCounts compute(Handle handle, DutyCycle dutyCycle) {
    Instant asOf = Instant.now();
    String version = PolicyInForce.read(handle).policy().version();
    PointsTally tally = new PointsTally();
    handle.useTransaction(
        counting ->
            ScorePieces.each(
                counting,
                SQL,
                query ->
                    query
                        .bind("version", version)
                        .map(
                            (row, context) -> {
                              tally.add(
                                  Factor.valueOf(row.getString("factor")),
                                  row.getDouble("points"),
                                  row.getLong("clients"));
                              return tally;
                            })
                        .forEach(counted -> {}),
                dutyCycle));
    return new FactorCounts(asOf, version, tally.byFactor());
  }
}
