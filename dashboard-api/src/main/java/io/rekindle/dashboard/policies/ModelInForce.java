package io.rekindle.dashboard.policies;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.OrderProbability;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.SpendModel;
import java.math.BigDecimal;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The parameters by which the job computes probabilities and what is at stake.
 *
 * @param policyVersion the policy in force
 * @param modelVersion the model of the policy; null without one
 * @param horizonDays the days of the probability; null if the policy has no table
 * @param builtInProbability whether the table is the product's, and from another shop
 * @param money what an order is worth; null if no model says it
 */
public record ModelInForce(
    String policyVersion,
    String modelVersion,
    Integer horizonDays,
    boolean builtInProbability,
    Money money) {

  /**
   * What an order is worth, as in {@link SpendModel}.
   *
   * @param gamma in units of the policy's base currency
   * @param meanOrderValue in units of the policy's base currency
   */
  public record Money(double p, double q, double gamma, BigDecimal meanOrderValue) {}

  static ModelInForce of(ScoringPolicy policy) {
    return new ModelInForce(
        policy.version(),
        policy.model().map(PolicyModel::version).orElse(null),
        policy.probability().map(OrderProbability::horizonDays).orElse(null),
        policy.hasBuiltInProbability(),
        policy
            .money()
            .map(
                money ->
                    new Money(
                        money.p(),
                        money.q(),
                        money.gamma(),
                        BigDecimal.valueOf(money.meanOrderMinor(), 2)))
            .orElse(null));
  }

  /** A policy with its active model, as it would be in force. Without a valid one it has none. */
  static ScoringPolicy withActiveModel(Handle handle, ScoringPolicy policy) {
    Optional<String> document =
        handle
            .createQuery(
                """
                select document::text from engagement.models
                where active and policy_version = :version
                """)
            .bind("version", policy.version())
            .mapTo(String.class)
            .findOne();
    try {
      return policy.withModel(document.isEmpty() ? null : PolicyModel.parse(document.get()));
    } catch (InvalidPolicyException refused) {
      // The job refuses it, too, and goes on with the one before, which a new policy has not.
      return policy;
    }
  }
}
