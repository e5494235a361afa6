package io.rekindle.scoring.policy;

import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Resources;
import io.rekindle.scoring.document.CanonicalJson;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.factor.FactorRule;
import io.rekindle.scoring.factor.Frequency;
import io.rekindle.scoring.factor.Recency;
import io.rekindle.scoring.factor.Rhythm;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.UsualGap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A scoring policy from a JSON document. The {@linkplain io.rekindle.scoring package} describes the
 * document. Immutable.
 */
public final class ScoringPolicy {

  private static final List<String> BUILT_IN = List.of("cadence-v1", "document-v1");

  private final String json;
  private final String hash;
  private final Definition definition;

  private ScoringPolicy(String json, String hash, Definition definition) {
    this.json = json;
    this.hash = hash;
    this.definition = definition;
  }

  /**
   * Reads a policy document.
   *
   * @throws InvalidPolicyException if the document is not a valid policy; its message names the
   *     place in the document and the fix
   */
  public static ScoringPolicy parse(String json) throws InvalidPolicyException {
    JsonSection document = JsonSection.parse(json);
    Definition definition = PolicyReader.read(document);
    String canonical = CanonicalJson.of(document.node());
    return new ScoringPolicy(canonical, HexFormat.of().formatHex(Digest.of(canonical)), definition);
  }

  /**
   * Returns a policy of the product.
   *
   * @param name one of {@link #builtInNames()}
   * @throws IllegalArgumentException if there is no such policy
   */
  public static ScoringPolicy builtIn(String name) {
    if (!BUILT_IN.contains(name)) {
      throw new IllegalArgumentException(
          "There is no built-in scoring policy '" + name + "': use one of " + BUILT_IN);
    }
    try {
      return parse(
          Resources.get(ScoringPolicy.class, "/io/rekindle/scoring/policies/" + name + ".json"));
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The built-in scoring policy " + name + " is broken", e);
    }
  }

  /** Returns the policy of a shop that has activated none. */
  public static ScoringPolicy byDefault() {
    return builtIn(BUILT_IN.get(0));
  }

  /** The names of the product's policies, the default first. */
  public static List<String> builtInNames() {
    return BUILT_IN;
  }

  /** The name of the policy in its scores. */
  public String version() {
    return definition.version();
  }

  /**
   * SHA-256 of {@link #json()} in lower-case hexadecimal. Layout, order of fields, spelling of
   * numbers and null fields of the document do not change it.
   */
  public String hash() {
    return hash;
  }

  /** The document in canonical form: fields sorted, none of them null, no white space. */
  public String json() {
    return json;
  }

  /** Whether the policy has a section for the factor. */
  public boolean has(Factor factor) {
    return !Factor.isAbsent(definition.factors().get(factor.index()));
  }

  /**
   * A user whose score is below this is at risk, by the score itself or by the probability of an
   * order.
   */
  public int atRiskBelow() {
    return definition.atRiskBelow();
  }

  /**
   * Whether a user who was at risk has recovered: the user is no longer at risk, and the score
   * exceeds the threshold by the recovery margin, or is the best possible.
   */
  public boolean recovered(boolean atRisk, boolean scored, double score) {
    return !atRisk && (!scored || score >= definition.recoveredFrom());
  }

  /** The probability of an order by score; empty if the policy has none. */
  public Optional<OrderProbability> probability() {
    return Optional.ofNullable(definition.probability());
  }

  public Definition definition() {
    return definition;
  }

  /**
   * A policy in the scorer's form.
   *
   * @param windowMillis the age at which an order leaves the window
   * @param factors the rule of each factor, in the order of {@link Factor}
   * @param orderDaysConditions the numbers of order days in the window in segment rules
   * @param elapsedConditions the times since the last order in segment rules
   * @param scoreBelow a user with a lower score is at risk
   * @param perMilleBelow a user with a lower probability of an order is at risk, in thousandths; 0
   *     without such a rule
   * @param atRiskBelow both rules in one: a user with a lower score is at risk by either
   * @param atRiskDrop null if a drop alone does not put at risk
   * @param recoveryMargin the points above the threshold at which a user has recovered
   * @param probability null if the policy has no table of probabilities
   */
  public record Definition(
      String version,
      long windowMillis,
      int base,
      int minimum,
      int maximum,
      List<FactorRule> factors,
      Frequency.OfOrderDays orderDaysConditions,
      Recency elapsedConditions,
      int scoreBelow,
      int perMilleBelow,
      int atRiskBelow,
      Integer atRiskDrop,
      int recoveryMargin,
      int healthyFrom,
      int coolingFrom,
      int lowFrom,
      List<SegmentRule> segmentRules,
      ExchangeRates exchangeRates,
      OrderProbability probability) {

    /**
     * The score below which a user is at risk. The probability never falls with the score, so a
     * probability below a limit is a score below a limit, too.
     *
     * @param probability null without a table, which {@code perMilleBelow} needs
     */
    static int atRiskBelow(int scoreBelow, int perMilleBelow, OrderProbability probability) {
      return perMilleBelow == 0
          ? scoreBelow
          : Math.max(scoreBelow, probability.scoreFrom(perMilleBelow));
    }

    /** The least score with which a user has recovered. */
    int recoveredFrom() {
      return Math.min(atRiskBelow + recoveryMargin, maximum);
    }

    /** The estimate of the usual gap; null if the policy has no rhythm. */
    public UsualGap usualGap() {
      return factors.get(Factor.RHYTHM.index()) instanceof Rhythm rhythm ? rhythm.gap() : null;
    }

    /** Limits the factors' sum to the range of scores. */
    public double clamp(double sum) {
      return Math.max(minimum, Math.min(maximum, sum));
    }

    public Band band(double score) {
      if (score >= healthyFrom) {
        return Band.HEALTHY;
      }
      if (score >= coolingFrom) {
        return Band.COOLING;
      }
      return score >= lowFrom ? Band.LOW : Band.LAPSED;
    }

    public Segment segment(
        double score, boolean atRisk, long orderDaysInWindow, long orderDaysEver, long elapsed) {
      for (int i = 0; i < segmentRules.size(); i++) {
        SegmentRule rule = segmentRules.get(i);
        if (rule.matches(score, atRisk, orderDaysInWindow, orderDaysEver, elapsed)) {
          return rule.segment();
        }
      }
      throw new IllegalStateException("Policy " + version + " has no last rule that always holds");
    }
  }
}
