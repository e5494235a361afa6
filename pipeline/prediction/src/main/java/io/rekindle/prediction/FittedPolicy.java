package io.rekindle.prediction;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.SpendModel;
import java.util.Collections;
import java.util.List;

/**
 * A policy whose points were learned from a shop's orders. Immutable. Log-odds are natural
 * logarithms of odds of an order within 90 days.
 *
 * @param document the policy as JSON, readable, with how it was found; the same for the same orders
 * @param asOf the instant of the fit, epoch milliseconds
 * @param clients with an effective order
 * @param repeatClients with two order days or more
 * @param orders effective orders
 * @param snapshots past instants at which clients were examples
 * @param examples clients at these instants, without the teacher's
 * @param cells distinct cells of examples; the fit saw nothing but these
 * @param weight the sum of the examples' weights
 * @param returns the sum of weights &middot; outcomes
 * @param reference the reference value in hundredths: the shop's median order
 * @param teacher the buyer model that gave the outcomes of the present
 * @param intercept the log-odds without any border
 * @param prior the log-odds of a point of the template
 * @param borderWeights the log-odds of each border: 12 of recency, 6 of rhythm, 6 of frequency, 5
 *     of value, 6 of loyalty, each ascending
 * @param probabilityIntercept the log-odds at a score of 0
 * @param probabilitySlope the log-odds of a point of the score
 * @param spend what the next order of a client is worth
 * @param yearAhead the tenths of the clients by the year ahead; null in a backtest
 * @param perMille the probability by score from 0 to 100, in thousandths
 * @param cadencePerMille the same for the scores of {@code cadence-v1}, whose points stay
 * @param otherPerMille the same for other policies that were asked for
 * @param quality of the probabilities on the examples themselves, which flatters
 */
public record FittedPolicy(
    String document,
    long asOf,
    int clients,
    int repeatClients,
    long orders,
    int snapshots,
    long examples,
    int cells,
    double weight,
    double returns,
    long reference,
    BuyerModel teacher,
    double intercept,
    double prior,
    List<Double> borderWeights,
    double probabilityIntercept,
    double probabilitySlope,
    SpendModel spend,
    YearAheadModel yearAhead,
    List<Integer> perMille,
    List<Integer> cadencePerMille,
    List<List<Integer>> otherPerMille,
    Quality quality) {

  /** Makes the lists unmodifiable. */
  public FittedPolicy {
    borderWeights = Collections.unmodifiableList(borderWeights);
    perMille = Collections.unmodifiableList(perMille);
    cadencePerMille = Collections.unmodifiableList(cadencePerMille);
    otherPerMille = List.copyOf(otherPerMille);
  }

  /**
   * The model for {@code cadence-v1}: its points stay, and it gets the table and the money of this
   * shop.
   */
  public ModelDocument cadenceModel() {
    return ModelDocument.of(ModelDocument.CADENCE, this, cadencePerMille);
  }

  /**
   * The model for a policy with a table of its own, for instance this one: the money of this shop.
   *
   * @param policyVersion the key of the policy
   */
  public ModelDocument moneyModel(String policyVersion) {
    return ModelDocument.of(policyVersion, this, null);
  }

  /** The policy for the scoring engine. */
  public ScoringPolicy policy() {
    try {
      return ScoringPolicy.parse(document);
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("A fit made a policy that the engine refuses", e);
    }
  }
}
