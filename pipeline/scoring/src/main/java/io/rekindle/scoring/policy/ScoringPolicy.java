package io.rekindle.scoring.policy;

import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Resources;
import java.util.HexFormat;
import java.util.List;

/**
 * How scores are made, as read from a JSON document. The {@linkplain io.rekindle.scoring package}
 * describes the document. Immutable.
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
   * A policy that comes with the product.
   *
   * @param name one of {@link #builtInNames()}
   * @throws IllegalArgumentException if there is none of that name
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

  /** The names of the policies that come with the product, the default first. */
  public static List<String> builtInNames() {
    return BUILT_IN;
  }

  /** The name that scores made by this policy carry. */
  public String version() {
    return definition.version();
  }

  /** What the policy is for, in the words of its author; empty if they left none. */
  public String description() {
    return definition.description();
  }

  /**
   * SHA-256 of {@link #json()} in lower-case hexadecimal: two documents that differ in nothing but
   * layout, order of fields, spelling of numbers or fields that are null have the same.
   */
  public String hash() {
    return hash;
  }

  /** The document in canonical form: fields sorted, none of them null, no white space. */
  public String json() {
    return json;
  }

  /** A user whose score is below this is at risk. */
  public int atRiskBelow() {
    return definition.atRiskBelow();
  }

  /**
   * Whether a silence in which a user was at risk is over: the user is not at risk any more, and
   * the score is far enough from the threshold not to fall under it again the next day.
   */
  public boolean recovered(boolean atRisk, boolean scored, double score) {
    return !atRisk && (!scored || score >= definition.atRiskBelow() + definition.recoveryMargin());
  }

  public Definition definition() {
    return definition;
  }

  /**
   * A policy in the form that the scorer works with.
   *
   * @param windowMillis an order counts while it is younger than this
   * @param recency thresholds in milliseconds since the last order
   * @param rhythm thresholds in thousandths of the usual gap
   * @param rhythmGap null if the policy has no rhythm
   * @param orderDays thresholds in order days in the window, one for each number that any rule asks
   *     for
   * @param ordersEver frequency by the number of effective orders, or null
   * @param spend thresholds in hundredths of the base currency spent in the window
   * @param averageOrderValue value by the average order in units of the base currency, or null
   * @param elapsedThresholds milliseconds since the last order that segment rules ask for
   * @param contactPoints zero or less
   * @param atRiskDrop null if a drop alone does not put at risk
   * @param recoveryMargin how far above the threshold a user has recovered
   */
  public record Definition(
      String version,
      String description,
      long windowMillis,
      int base,
      int minimum,
      int maximum,
      TierTable recency,
      TierTable rhythm,
      RhythmGap rhythmGap,
      TierTable orderDays,
      PointsFunction ordersEver,
      TierTable spend,
      PointsFunction averageOrderValue,
      TierTable elapsedThresholds,
      int contactPoints,
      long contactMillis,
      int atRiskBelow,
      Integer atRiskDrop,
      int recoveryMargin,
      int healthyFrom,
      int coolingFrom,
      int lowFrom,
      List<SegmentRule> segmentRules,
      ExchangeRates exchangeRates) {

    /** The score that the factors' sum comes to. */
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

  /**
   * How the usual gap between order days is estimated: the mean over the most recent order days,
   * drawn towards the shop's usual gap as if that had been seen {@code priorWeight} times.
   */
  public record RhythmGap(
      int orderDays, long priorMillis, int priorWeight, long minimumMillis, long maximumMillis) {

    /**
     * The usual gap in milliseconds.
     *
     * @param gaps how many gaps lie between the order days that are looked at
     * @param spanMillis from the first of those days to the last
     */
    public long estimate(int gaps, long spanMillis) {
      long mean = (spanMillis + priorWeight * priorMillis) / (gaps + priorWeight);
      return Math.max(minimumMillis, Math.min(maximumMillis, mean));
    }
  }
}
