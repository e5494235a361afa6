package io.rekindle.scoring.policy;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.ScoringPolicy.RhythmGap;
import io.rekindle.scoring.policy.SegmentRule.Range;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Reads a policy document strictly: what is not known is refused, and so is what would let a score
 * rise while a user is silent, since a silence could then cross the threshold twice.
 */
final class PolicyReader {

  /** So that a score that wavers around the threshold is one episode, not many. */
  private static final int DEFAULT_RECOVERY_MARGIN = 5;

  private static final int MAX_DAYS = 36_500;
  private static final int MAX_GAP_DAYS = 3_650;

  /** For so long the pipeline remembers a contact of somebody who has left and comes back. */
  private static final int MAX_CONTACT_DAYS = 3_650;

  private static final int MAX_GAPS = 1_000;
  private static final int MAX_MULTIPLE = 100_000;
  private static final int MAX_COUNT = 1_000;
  private static final int MAX_POINTS = 1_000;
  private static final int MAX_SCORE = 100;
  private static final String MIN_ABOVE_ZERO = "0.001";

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{0,2000}", Pattern.DOTALL);
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern RATE = Pattern.compile("(0|[1-9]\\d{0,5})(\\.\\d{1,9})?");

  private enum FrequencyMeasure {
    ORDER_DAYS_IN_WINDOW,
    ORDERS_EVER
  }

  private enum ValueMeasure {
    SPEND_IN_WINDOW,
    AVERAGE_ORDER_VALUE
  }

  private PolicyReader() {}

  static Definition read(JsonSection policy) throws InvalidPolicyException {
    policy.allowOnly(
        "version",
        "description",
        "windowDays",
        "base",
        "clamp",
        "recency",
        "rhythm",
        "frequency",
        "value",
        "contact",
        "atRisk",
        "bands",
        "segments",
        "currency");
    String version =
        policy.text(
            "version",
            VERSION,
            "a name of 1 to 128 letters, digits, dots, underscores and hyphens, in quotes");
    String description =
        policy.has("description")
            ? policy.text("description", TEXT, "a text of at most 2000 characters")
            : "";
    long window = policy.days("windowDays", MIN_ABOVE_ZERO, MAX_DAYS);
    int base = policy.whole("base", -MAX_POINTS, MAX_POINTS);

    JsonSection clamp = policy.section("clamp").allowOnly("min", "max");
    int minimum = clamp.whole("min", 0, MAX_SCORE);
    int maximum = clamp.whole("max", minimum, MAX_SCORE);

    TierTable recency = TierTable.NONE;
    if (policy.has("recency")) {
      recency =
          elapsedTiers(
              policy.section("recency").allowOnly("tiers"),
              "fromDays",
              MAX_DAYS,
              JsonSection.DAY_MILLIS / 1000);
    }

    TierTable rhythm = TierTable.NONE;
    RhythmGap rhythmGap = null;
    if (policy.has("rhythm")) {
      JsonSection section =
          policy
              .section("rhythm")
              .allowOnly(
                  "orderDays", "priorGapDays", "priorWeight", "minGapDays", "maxGapDays", "tiers");
      rhythm = elapsedTiers(section, "fromGaps", MAX_GAPS, 1);
      rhythmGap = rhythmGap(section);
    }

    TierTable orderDays = TierTable.NONE;
    PointsFunction ordersEver = null;
    if (policy.has("frequency")) {
      JsonSection frequency = policy.section("frequency").allowOnly("of", "tiers", "linear");
      switch (frequency.oneOf("of", List.of(FrequencyMeasure.values()))) {
        case ORDER_DAYS_IN_WINDOW -> orderDays = orderDaysTiers(frequency);
        case ORDERS_EVER -> ordersEver = countFunction(frequency);
      }
    }

    TierTable spend = TierTable.NONE;
    PointsFunction averageOrderValue = null;
    if (policy.has("value")) {
      JsonSection value = policy.section("value").allowOnly("of", "reference", "tiers", "linear");
      switch (value.oneOf("of", List.of(ValueMeasure.values()))) {
        case SPEND_IN_WINDOW -> spend = spendTiers(value);
        case AVERAGE_ORDER_VALUE -> averageOrderValue = averageFunction(value);
      }
    }

    int contactPoints = 0;
    long contactMillis = 0;
    if (policy.has("contact")) {
      JsonSection contact = policy.section("contact").allowOnly("points", "withinDays");
      contactPoints = contact.whole("points", -MAX_POINTS, -1);
      contactMillis = contact.days("withinDays", MIN_ABOVE_ZERO, MAX_CONTACT_DAYS);
    }

    JsonSection atRisk =
        policy.section("atRisk").allowOnly("scoreBelow", "dropAtLeast", "recoveryMargin");
    int atRiskBelow = atRisk.whole("scoreBelow", 0, MAX_SCORE);
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

    return new Definition(
        version,
        description,
        window,
        base,
        minimum,
        maximum,
        recency,
        rhythm,
        rhythmGap,
        orderDays.withThresholdsAt(
            conditionThresholds(segmentRules, SegmentRule::orderDaysInWindow)),
        ordersEver,
        spend,
        averageOrderValue,
        elapsedThresholds(segmentRules),
        contactPoints,
        contactMillis,
        atRiskBelow,
        atRiskDrop,
        recoveryMargin,
        healthyFrom,
        coolingFrom,
        lowFrom,
        segmentRules,
        exchangeRates(policy));
  }

  private static RhythmGap rhythmGap(JsonSection rhythm) throws InvalidPolicyException {
    long minimum = rhythm.days("minGapDays", MIN_ABOVE_ZERO, MAX_GAP_DAYS);
    long maximum = rhythm.days("maxGapDays", MIN_ABOVE_ZERO, MAX_GAP_DAYS);
    if (maximum < minimum) {
      throw rhythm.invalid("maxGapDays", "is less than minGapDays: raise it or lower minGapDays");
    }
    return new RhythmGap(
        rhythm.whole("orderDays", 2, MAX_COUNT),
        rhythm.days("priorGapDays", MIN_ABOVE_ZERO, MAX_GAP_DAYS),
        rhythm.whole("priorWeight", 1, MAX_COUNT),
        minimum,
        maximum);
  }

  /** Tiers of which a later one gives no more points; the last tier becomes level 0. */
  private static TierTable elapsedTiers(JsonSection section, String threshold, int max, long unit)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    int levels = tiers.size();
    long[] thresholds = new long[levels];
    double[] points = new double[levels];
    long previousThreshold = -1;
    int previousPoints = MAX_POINTS;
    for (int i = 0; i < levels; i++) {
      JsonSection tier = tiers.get(i).allowOnly(threshold, "points");
      long from = tierThreshold(tier, threshold, max, previousThreshold);
      int tierPoints = tier.whole("points", -MAX_POINTS, MAX_POINTS);
      if (tierPoints > previousPoints) {
        throw tier.invalid(
            "points",
            "is more than in the tier before, but points must not rise as time passes: use at most "
                + previousPoints);
      }
      if (i > 0) {
        thresholds[levels - i] = from * unit;
      }
      points[levels - 1 - i] = tierPoints;
      previousThreshold = from;
      previousPoints = tierPoints;
    }
    return new TierTable(thresholds, points);
  }

  /** Tiers of which a later one gives no fewer points; thresholds in thousandths. */
  private static TierTable amountTiers(JsonSection section, String threshold, int max)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    long[] thresholds = new long[tiers.size()];
    double[] points = new double[tiers.size()];
    long previousThreshold = -1;
    int previousPoints = -MAX_POINTS;
    for (int i = 0; i < thresholds.length; i++) {
      JsonSection tier = tiers.get(i).allowOnly(threshold, "points");
      thresholds[i] = tierThreshold(tier, threshold, max, previousThreshold);
      int tierPoints = tier.whole("points", -MAX_POINTS, MAX_POINTS);
      if (tierPoints < previousPoints) {
        throw tier.invalid(
            "points",
            "is less than in the tier before, but more orders or spend must not cost points: "
                + "use at least "
                + previousPoints);
      }
      points[i] = tierPoints;
      previousThreshold = thresholds[i];
      previousPoints = tierPoints;
    }
    return new TierTable(thresholds, points);
  }

  private static long tierThreshold(JsonSection tier, String field, int max, long previous)
      throws InvalidPolicyException {
    long threshold = tier.thousandths(field, "0", max);
    if (previous < 0 && threshold != 0) {
      throw tier.invalid(field, "must be 0, since the first tier starts there");
    }
    if (threshold <= previous) {
      throw tier.invalid(
          field,
          "must be more than "
              + BigDecimal.valueOf(previous, 3).stripTrailingZeros().toPlainString()
              + " of the tier before: put the tiers in ascending order");
    }
    return threshold;
  }

  private static TierTable orderDaysTiers(JsonSection frequency) throws InvalidPolicyException {
    if (!isLinear(frequency)) {
      return countTiers(frequency);
    }
    JsonSection linear = frequency.section("linear").allowOnly("points", "fullAt");
    PointsFunction function = linearCount(linear);
    // Whole days only, so the line is a tier table with a threshold for each.
    long[] thresholds = LongStream.rangeClosed(0, linear.whole("fullAt", 1, MAX_COUNT)).toArray();
    return new TierTable(
        thresholds, LongStream.of(thresholds).mapToDouble(function::points).toArray());
  }

  private static PointsFunction countFunction(JsonSection frequency) throws InvalidPolicyException {
    return isLinear(frequency)
        ? linearCount(frequency.section("linear").allowOnly("points", "fullAt"))
        : new PointsFunction.Tiered(countTiers(frequency));
  }

  private static PointsFunction linearCount(JsonSection linear) throws InvalidPolicyException {
    return new PointsFunction.Linear(
        linear.whole("points", 0, MAX_POINTS), linear.whole("fullAt", 1, MAX_COUNT));
  }

  private static TierTable countTiers(JsonSection frequency) throws InvalidPolicyException {
    TierTable thousandths = amountTiers(frequency, "fromCount", MAX_COUNT);
    long[] thresholds = thousandths.thresholds().clone();
    for (int i = 0; i < thresholds.length; i++) {
      if (thresholds[i] % 1000 != 0) {
        throw frequency
            .sections("tiers")
            .get(i)
            .invalid("fromCount", "must be a whole number: orders are counted");
      }
      thresholds[i] /= 1000;
    }
    return new TierTable(thresholds, thousandths.points());
  }

  private static TierTable spendTiers(JsonSection value) throws InvalidPolicyException {
    if (value.has("linear")) {
      throw value.invalid(
          "linear", "is not for SPEND_IN_WINDOW: use tiers, or measure AVERAGE_ORDER_VALUE");
    }
    BigDecimal reference = BigDecimal.valueOf(value.money("reference"));
    TierTable multiples = amountTiers(value, "fromMultiple", MAX_MULTIPLE);
    long[] thresholds =
        LongStream.of(multiples.thresholds())
            .map(
                multiple ->
                    BigDecimal.valueOf(multiple, 3)
                        .multiply(reference)
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact())
            .toArray();
    return new TierTable(thresholds, multiples.points());
  }

  private static PointsFunction averageFunction(JsonSection value) throws InvalidPolicyException {
    for (String other : List.of("tiers", "reference")) {
      if (value.has(other)) {
        throw value.invalid(
            other, "is not for AVERAGE_ORDER_VALUE: use linear, or measure SPEND_IN_WINDOW");
      }
    }
    JsonSection linear = value.section("linear").allowOnly("points", "fullAt");
    return new PointsFunction.Linear(
        linear.whole("points", 0, MAX_POINTS), linear.money("fullAt") / 100.0);
  }

  private static boolean isLinear(JsonSection section) throws InvalidPolicyException {
    if (section.has("linear") == section.has("tiers")) {
      throw section.invalid("must have either tiers or linear, and not both");
    }
    return section.has("linear");
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
        range(when, "orderDaysInWindow", (range, field) -> range.whole(field, 0, MAX_COUNT)),
        range(when, "orderDaysEver", (range, field) -> range.whole(field, 0, MAX_COUNT)),
        range(when, "elapsedDays", (range, field) -> range.days(field, "0", MAX_DAYS)));
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

  /** The numbers above zero on which a condition of any rule changes. */
  private static long[] conditionThresholds(List<SegmentRule> rules, Condition condition) {
    return rules.stream()
        .map(condition::of)
        .flatMapToLong(range -> LongStream.of(range.atLeast(), range.below()))
        .filter(threshold -> threshold > 0 && threshold < Range.ANY.below())
        .sorted()
        .distinct()
        .toArray();
  }

  private static TierTable elapsedThresholds(List<SegmentRule> rules) {
    long[] ascending = conditionThresholds(rules, SegmentRule::elapsedMillis);
    long[] thresholds = new long[ascending.length + 1];
    for (int i = 0; i < ascending.length; i++) {
      thresholds[ascending.length - i] = ascending[i];
    }
    return new TierTable(thresholds, new double[thresholds.length]);
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
