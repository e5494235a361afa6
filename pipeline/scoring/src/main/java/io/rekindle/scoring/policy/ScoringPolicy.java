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

  /** As in the document. */
  private final Definition document;

  private final PolicyModel model;
  private final PolicyModel builtInModel;
  private final Definition definition;

  private ScoringPolicy(String json, String hash, Definition document, PolicyModel model) {
    this.json = json;
    this.hash = hash;
    this.document = document;
    this.model = model;
    boolean hasTable =
        document.probability() != null || (model != null && model.probability().isPresent());
    builtInModel = hasTable ? null : PolicyModel.builtIn(hash);
    OrderProbability probability = document.probability();
    if (builtInModel != null) {
      probability = builtInModel.probability().orElseThrow();
    } else if (model != null) {
      probability = model.probability().orElse(probability);
    }
    definition = document.with(probability, model == null ? null : model.money().orElse(null));
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
    return new ScoringPolicy(
        canonical, HexFormat.of().formatHex(Digest.of(canonical)), definition, null);
  }

  /**
   * The policy with the parameters of a model: its table, if it has one, in place of the policy's
   * own, and what an order is worth. The document stays.
   *
   * @param other null for the policy without a model
   */
  public ScoringPolicy withModel(PolicyModel other) {
    return new ScoringPolicy(json, hash, document, other);
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

  /**
   * The probability of an order by score: the model's, or the document's own, or the built-in one
   * of {@code cadence-v1}. Empty without any of these.
   */
  public Optional<OrderProbability> probability() {
    return Optional.ofNullable(definition.probability());
  }

  /** Whether the probability is the product's table, which no shop has fitted. */
  public boolean hasBuiltInProbability() {
    return builtInModel != null;
  }

  /** What an order is worth; empty if no model says it. */
  public Optional<SpendModel> money() {
    return Optional.ofNullable(definition.money());
  }

  /** The model of the shop; empty without one. */
  public Optional<PolicyModel> model() {
    return Optional.ofNullable(model);
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
   * @param money what an order is worth; null if that is not known
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
      OrderProbability probability,
      SpendModel money) {

    /** The same with other parameters of a model. */
    Definition with(OrderProbability otherProbability, SpendModel otherMoney) {
      return new Definition(
          version,
          windowMillis,
          base,
          minimum,
          maximum,
          factors,
          orderDaysConditions,
          elapsedConditions,
          scoreBelow,
          perMilleBelow,
          atRiskBelow(scoreBelow, perMilleBelow, otherProbability),
          atRiskDrop,
          recoveryMargin,
          healthyFrom,
          coolingFrom,
          lowFrom,
          segmentRules,
          exchangeRates,
          otherProbability,
          otherMoney);
    }

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
