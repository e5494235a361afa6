package io.rekindle.scoring.policy;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import io.rekindle.scoring.document.Limits;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.factor.FactorRule;
import io.rekindle.scoring.factor.Frequency;
import io.rekindle.scoring.factor.Recency;
import io.rekindle.scoring.factor.TierTable;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.SegmentRule.Range;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Reads a policy document strictly. It refuses unknown fields, and points that rise with time
 * without an order, since a user could then cross a threshold twice.
 */
final class PolicyReader {

  /** Keeps a score that wavers around the threshold in one episode. */
  private static final int DEFAULT_RECOVERY_MARGIN = 5;

  private static final int MAX_SCORE = 100;

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{0,2000}", Pattern.DOTALL);
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern RATE = Pattern.compile("(0|[1-9]\\d{0,5})(\\.\\d{1,9})?");

  private PolicyReader() {}

  static Definition read(JsonSection policy) throws InvalidPolicyException {
    List<String> fields =
        new ArrayList<>(List.of("version", "description", "windowDays", "base", "clamp"));
    fields.addAll(Factor.keys());
    fields.addAll(List.of("atRisk", "bands", "segments", "currency", "probability", "detail"));
    policy.allowOnly(fields);
    String version =
        policy.text(
            "version",
            VERSION,
            "a name of 1 to 128 letters, digits, dots, underscores and hyphens, in quotes");
    if (policy.has("description")) {
      policy.text("description", TEXT, "a text of at most 2000 characters");
    }
    long window = policy.days("windowDays", Limits.MIN_ABOVE_ZERO, Limits.MAX_DAYS);
    int base = policy.whole("base", -Limits.MAX_POINTS, Limits.MAX_POINTS);

    JsonSection clamp = policy.section("clamp").allowOnly("min", "max");
    int minimum = clamp.whole("min", 0, MAX_SCORE);
    int maximum = clamp.whole("max", minimum, MAX_SCORE);

    List<FactorRule> factors = new ArrayList<>();
    for (Factor factor : Factor.values()) {
      factors.add(factor.read(policy));
    }

    JsonSection atRisk =
        policy
            .section("atRisk")
            .allowOnly("scoreBelow", "orderProbabilityBelow", "dropAtLeast", "recoveryMargin");
    final int scoreBelow = atRisk.whole("scoreBelow", 0, MAX_SCORE);
    int perMilleBelow = 0;
    if (atRisk.has("orderProbabilityBelow")) {
      perMilleBelow = (int) atRisk.thousandths("orderProbabilityBelow", "0.001", 1);
      if (!policy.has("probability")) {
        throw atRisk.invalid(
            "orderProbabilityBelow",
            "needs the probability of each score: add the section \"probability\", or remove this");
      }
    }
    Integer atRiskDrop =
        atRisk.has("dropAtLeast")
            ? Integer.valueOf(atRisk.whole("dropAtLeast", 1, MAX_SCORE))
            : null;
    int recoveryMargin =
        atRisk.has("recoveryMargin")
            ? atRisk.whole("recoveryMargin", 0, MAX_SCORE)
            : DEFAULT_RECOVERY_MARGIN;

    JsonSection bands = policy.section("bands").allowOnly("healthyFrom", "coolingFrom", "lowFrom");
    int lowFrom = bands.whole("lowFrom", 0, MAX_SCORE);
    int coolingFrom = bands.whole("coolingFrom", lowFrom, MAX_SCORE);
    int healthyFrom = bands.whole("healthyFrom", coolingFrom, MAX_SCORE);

    List<SegmentRule> segmentRules = segmentRules(policy);
    OrderProbability probability =
        policy.has("probability") ? OrderProbability.read(policy.section("probability")) : null;
    if (policy.has("detail")) {
      OrderProbability.checkDetail(policy.section("detail"));
    }

    return new Definition(
        version,
        window,
        base,
        minimum,
        maximum,
        List.copyOf(factors),
        new Frequency.OfOrderDays(orderDaysConditions(segmentRules)),
        new Recency(elapsedConditions(segmentRules)),
        scoreBelow,
        perMilleBelow,
        Definition.atRiskBelow(scoreBelow, perMilleBelow, probability),
        atRiskDrop,
        recoveryMargin,
        healthyFrom,
        coolingFrom,
        lowFrom,
        segmentRules,
        exchangeRates(policy),
        probability,
        null);
  }

  private static List<SegmentRule> segmentRules(JsonSection policy) throws InvalidPolicyException {
    List<Segment> assignable = new ArrayList<>(List.of(Segment.values()));
    assignable.remove(Segment.PROSPECT);
    List<JsonSection> sections = policy.sections("segments");
    List<SegmentRule> rules = new ArrayList<>();
    for (JsonSection section : sections) {
      section.allowOnly("segment", "when");
      Segment segment = section.oneOf("segment", assignable);
      SegmentRule rule =
          section.has("when")
              ? segmentRule(
                  segment,
                  section
                      .section("when")
                      .allowOnly(
                          "atRisk", "score", "orderDaysInWindow", "orderDaysEver", "elapsedDays"))
              : new SegmentRule(segment, null, Range.ANY, Range.ANY, Range.ANY, Range.ANY);
      rules.add(rule);
      boolean last = rules.size() == sections.size();
      if (rule.matchesAlways() && !last) {
        throw section.invalid("holds for everybody, so no later rule could: move it to the end");
      }
      if (last && !rule.matchesAlways()) {
        throw section.invalid(
            "is the last rule and must hold for everybody else: remove its \"when\", or add a rule"
                + " without one");
      }
    }
    return List.copyOf(rules);
  }

  private static SegmentRule segmentRule(Segment segment, JsonSection when)
      throws InvalidPolicyException {
    return new SegmentRule(
        segment,
        when.has("atRisk") ? Boolean.valueOf(when.flag("atRisk")) : null,
        range(when, "score", (range, field) -> range.whole(field, 0, MAX_SCORE + 1)),
        range(when, "orderDaysInWindow", (range, field) -> range.whole(field, 0, Limits.MAX_COUNT)),
        range(when, "orderDaysEver", (range, field) -> range.whole(field, 0, Limits.MAX_COUNT)),
        range(when, "elapsedDays", (range, field) -> range.days(field, "0", Limits.MAX_DAYS)));
  }

  private interface Bound {
    long read(JsonSection range, String field) throws InvalidPolicyException;
  }

  private static Range range(JsonSection when, String field, Bound bound)
      throws InvalidPolicyException {
    if (!when.has(field)) {
      return Range.ANY;
    }
    JsonSection range = when.section(field).allowOnly("atLeast", "below");
    long atLeast = range.has("atLeast") ? bound.read(range, "atLeast") : Range.ANY.atLeast();
    long below = range.has("below") ? bound.read(range, "below") : Range.ANY.below();
    if (atLeast >= below) {
      throw range.invalid("holds for nothing: make atLeast less than below");
    }
    return new Range(atLeast, below);
  }

  private interface Condition {
    Range of(SegmentRule rule);
  }

  /** The numbers above zero at which a condition of any rule changes. */
  private static long[] conditionThresholds(List<SegmentRule> rules, Condition condition) {
    return rules.stream()
        .map(condition::of)
        .flatMapToLong(range -> LongStream.of(range.atLeast(), range.below()))
        .filter(threshold -> threshold > 0 && threshold < Range.ANY.below())
        .sorted()
        .distinct()
        .toArray();
  }

  private static TierTable orderDaysConditions(List<SegmentRule> rules) {
    long[] ascending = conditionThresholds(rules, SegmentRule::orderDaysInWindow);
    long[] thresholds = new long[ascending.length + 1];
    System.arraycopy(ascending, 0, thresholds, 1, ascending.length);
    return TierTable.withoutPoints(thresholds);
  }

  private static TierTable elapsedConditions(List<SegmentRule> rules) {
    long[] ascending = conditionThresholds(rules, SegmentRule::elapsedMillis);
    long[] thresholds = new long[ascending.length + 1];
    for (int i = 0; i < ascending.length; i++) {
      thresholds[ascending.length - i] = ascending[i];
    }
    return TierTable.withoutPoints(thresholds);
  }

  private static ExchangeRates exchangeRates(JsonSection policy) throws InvalidPolicyException {
    if (!policy.has("currency")) {
      return ExchangeRates.FACE_VALUE;
    }
    String code = "a currency code of three upper-case letters such as \"EUR\"";
    JsonSection currency = policy.section("currency").allowOnly("base", "rates");
    String base = currency.text("base", CURRENCY, code);
    Map<String, BigDecimal> rates = new LinkedHashMap<>();
    if (currency.has("rates")) {
      JsonSection section = currency.section("rates");
      for (String name : section.fieldNames()) {
        if (!CURRENCY.matcher(name).matches()) {
          throw section.invalid(name, "must be named by " + code);
        }
        if (name.equals(base)) {
          throw section.invalid(name, "is the base currency, whose rate is 1: remove it");
        }
        BigDecimal rate =
            new BigDecimal(
                section.text(
                    name,
                    RATE,
                    "what one "
                        + name
                        + " is in "
                        + base
                        + ", in quotes such as \"0.92\", with at"
                        + " most 6 digits and 9 decimals"));
        if (rate.signum() == 0) {
          throw section.invalid(name, "must be above zero");
        }
        rates.put(name, rate);
      }
    }
    return new ExchangeRates(CurrencyCodes.pack(base), rates);
  }
}
