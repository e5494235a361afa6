package io.rekindle.scoring;

import io.rekindle.scoring.ScoringPolicy.Definition;
import io.rekindle.scoring.ScoringPolicy.RhythmGap;
import io.rekindle.scoring.SegmentRule.Range;
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

  private static final int MOST_DAYS = 36_500;
  private static final int MOST_GAP_DAYS = 3_650;

  /** For so long the pipeline remembers a contact of somebody who has left and comes back. */
  private static final int MOST_CONTACT_DAYS = 3_650;

  private static final int MOST_GAPS = 1_000;
  private static final int MOST_MULTIPLE = 100_000;
  private static final int MOST_COUNT = 1_000;
  private static final int MOST_POINTS = 1_000;
  private static final int BEST_SCORE = 100;
  private static final String ANY_ABOVE_ZERO = "0.001";

  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern TEXT = Pattern.compile("[^\\x00]{0,2000}", Pattern.DOTALL);
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final Pattern RATE = Pattern.compile("(0|[1-9]\\d{0,5})(\\.\\d{1,9})?");

  private enum FrequencyOf {
    ORDER_DAYS_IN_WINDOW,
    ORDERS_EVER
  }

  private enum ValueOf {
    SPEND_IN_WINDOW,
    AVERAGE_ORDER_VALUE
  }

  private PolicyReader() {}

  static Definition read(JsonSection policy) throws InvalidPolicyException {
    policy.allowing(
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
    long window = policy.days("windowDays", ANY_ABOVE_ZERO, MOST_DAYS);
    int base = policy.whole("base", -MOST_POINTS, MOST_POINTS);

    JsonSection clamp = policy.section("clamp").allowing("min", "max");
    int minimum = clamp.whole("min", 0, BEST_SCORE);
    int maximum = clamp.whole("max", minimum, BEST_SCORE);

    Ladder recency = Ladder.NONE;
    if (policy.has("recency")) {
      recency =
          elapsedLadder(
              policy.section("recency").allowing("tiers"),
              "fromDays",
              MOST_DAYS,
              OrderFacts.DAY / 1000);
    }

    Ladder rhythm = Ladder.NONE;
    RhythmGap rhythmGap = null;
    if (policy.has("rhythm")) {
      JsonSection section =
          policy
              .section("rhythm")
              .allowing(
                  "orderDays", "priorGapDays", "priorWeight", "minGapDays", "maxGapDays", "tiers");
      rhythm = elapsedLadder(section, "fromGaps", MOST_GAPS, 1);
      rhythmGap = rhythmGap(section);
    }

    Ladder orderDays = Ladder.NONE;
    Curve ordersEver = null;
    if (policy.has("frequency")) {
      JsonSection frequency = policy.section("frequency").allowing("of", "tiers", "linear");
      switch (frequency.oneOf("of", List.of(FrequencyOf.values()))) {
        case ORDER_DAYS_IN_WINDOW -> orderDays = orderDaysLadder(frequency);
        case ORDERS_EVER -> ordersEver = countCurve(frequency);
      }
    }

    Ladder spend = Ladder.NONE;
    Curve averageOrderValue = null;
    if (policy.has("value")) {
      JsonSection value = policy.section("value").allowing("of", "reference", "tiers", "linear");
      switch (value.oneOf("of", List.of(ValueOf.values()))) {
        case SPEND_IN_WINDOW -> spend = spendLadder(value);
        case AVERAGE_ORDER_VALUE -> averageOrderValue = averageCurve(value);
      }
    }

    int contactPoints = 0;
    long contactMillis = 0;
    if (policy.has("contact")) {
      JsonSection contact = policy.section("contact").allowing("points", "withinDays");
      contactPoints = contact.whole("points", -MOST_POINTS, -1);
      contactMillis = contact.days("withinDays", ANY_ABOVE_ZERO, MOST_CONTACT_DAYS);
    }

    JsonSection atRisk =
        policy.section("atRisk").allowing("scoreBelow", "dropAtLeast", "recoveryMargin");
    int atRiskBelow = atRisk.whole("scoreBelow", 0, BEST_SCORE);
    Integer atRiskDrop =
        atRisk.has("dropAtLeast")
            ? Integer.valueOf(atRisk.whole("dropAtLeast", 1, BEST_SCORE))
            : null;
    int recoveryMargin =
        atRisk.has("recoveryMargin")
            ? atRisk.whole("recoveryMargin", 0, BEST_SCORE)
            : DEFAULT_RECOVERY_MARGIN;

    JsonSection bands = policy.section("bands").allowing("healthyFrom", "coolingFrom", "lowFrom");
    int lowFrom = bands.whole("lowFrom", 0, BEST_SCORE);
    int coolingFrom = bands.whole("coolingFrom", lowFrom, BEST_SCORE);
    int healthyFrom = bands.whole("healthyFrom", coolingFrom, BEST_SCORE);

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
        orderDays.withRungsAt(borders(segmentRules, SegmentRule::orderDaysInWindow)),
        ordersEver,
        spend,
        averageOrderValue,
        elapsedMarks(segmentRules),
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
    long minimum = rhythm.days("minGapDays", ANY_ABOVE_ZERO, MOST_GAP_DAYS);
    long maximum = rhythm.days("maxGapDays", ANY_ABOVE_ZERO, MOST_GAP_DAYS);
    if (maximum < minimum) {
      throw rhythm.invalid("maxGapDays", "is less than minGapDays: raise it or lower minGapDays");
    }
    return new RhythmGap(
        rhythm.whole("orderDays", 2, MOST_COUNT),
        rhythm.days("priorGapDays", ANY_ABOVE_ZERO, MOST_GAP_DAYS),
        rhythm.whole("priorWeight", 1, MOST_COUNT),
        minimum,
        maximum);
  }

  /** Tiers of which a later one gives no more points; the last tier becomes level 0. */
  private static Ladder elapsedLadder(JsonSection section, String border, int most, long unit)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    int levels = tiers.size();
    long[] rungs = new long[levels];
    double[] points = new double[levels];
    long previousBorder = -1;
    int previousPoints = MOST_POINTS;
    for (int i = 0; i < levels; i++) {
      JsonSection tier = tiers.get(i).allowing(border, "points");
      long from = tierBorder(tier, border, most, previousBorder);
      int tierPoints = tier.whole("points", -MOST_POINTS, MOST_POINTS);
      if (tierPoints > previousPoints) {
        throw tier.invalid(
            "points",
            "is more than in the tier before, but points must not rise as time passes: use at most "
                + previousPoints);
      }
      if (i > 0) {
        rungs[levels - i] = from * unit;
      }
      points[levels - 1 - i] = tierPoints;
      previousBorder = from;
      previousPoints = tierPoints;
    }
    return new Ladder(rungs, points);
  }

  /** Tiers of which a later one gives no fewer points; rungs in thousandths. */
  private static Ladder amountLadder(JsonSection section, String border, int most)
      throws InvalidPolicyException {
    List<JsonSection> tiers = section.sections("tiers");
    long[] rungs = new long[tiers.size()];
    double[] points = new double[tiers.size()];
    long previousBorder = -1;
    int previousPoints = -MOST_POINTS;
    for (int i = 0; i < rungs.length; i++) {
      JsonSection tier = tiers.get(i).allowing(border, "points");
      rungs[i] = tierBorder(tier, border, most, previousBorder);
      int tierPoints = tier.whole("points", -MOST_POINTS, MOST_POINTS);
      if (tierPoints < previousPoints) {
        throw tier.invalid(
            "points",
            "is less than in the tier before, but more orders or spend must not cost points: "
                + "use at least "
                + previousPoints);
      }
      points[i] = tierPoints;
      previousBorder = rungs[i];
      previousPoints = tierPoints;
    }
    return new Ladder(rungs, points);
  }

  private static long tierBorder(JsonSection tier, String field, int most, long previous)
      throws InvalidPolicyException {
    long border = tier.thousandths(field, "0", most);
    if (previous < 0 && border != 0) {
      throw tier.invalid(field, "must be 0, since the first tier starts there");
    }
    if (border <= previous) {
      throw tier.invalid(
          field,
          "must be more than "
              + BigDecimal.valueOf(previous, 3).stripTrailingZeros().toPlainString()
              + " of the tier before: put the tiers in ascending order");
    }
    return border;
  }

  private static Ladder orderDaysLadder(JsonSection frequency) throws InvalidPolicyException {
    if (!isLinear(frequency)) {
      return countLadder(frequency);
    }
    JsonSection linear = frequency.section("linear").allowing("points", "fullAt");
    Curve curve = countLine(linear);
    // Whole days only, so the line is a ladder with a rung for each.
    long[] rungs = LongStream.rangeClosed(0, linear.whole("fullAt", 1, MOST_COUNT)).toArray();
    return new Ladder(rungs, LongStream.of(rungs).mapToDouble(curve::points).toArray());
  }

  private static Curve countCurve(JsonSection frequency) throws InvalidPolicyException {
    return isLinear(frequency)
        ? countLine(frequency.section("linear").allowing("points", "fullAt"))
        : new Curve.Tiered(countLadder(frequency));
  }

  private static Curve countLine(JsonSection linear) throws InvalidPolicyException {
    return new Curve.Linear(
        linear.whole("points", 0, MOST_POINTS), linear.whole("fullAt", 1, MOST_COUNT));
  }

  private static Ladder countLadder(JsonSection frequency) throws InvalidPolicyException {
    Ladder thousandths = amountLadder(frequency, "fromCount", MOST_COUNT);
    long[] rungs = thousandths.rungs().clone();
    for (int i = 0; i < rungs.length; i++) {
      if (rungs[i] % 1000 != 0) {
        throw frequency
            .sections("tiers")
            .get(i)
            .invalid("fromCount", "must be a whole number: orders are counted");
      }
      rungs[i] /= 1000;
    }
    return new Ladder(rungs, thousandths.points());
  }

  private static Ladder spendLadder(JsonSection value) throws InvalidPolicyException {
    if (value.has("linear")) {
      throw value.invalid(
          "linear", "is not for SPEND_IN_WINDOW: use tiers, or measure AVERAGE_ORDER_VALUE");
    }
    BigDecimal reference = BigDecimal.valueOf(value.money("reference"));
    Ladder multiples = amountLadder(value, "fromMultiple", MOST_MULTIPLE);
    long[] rungs =
        LongStream.of(multiples.rungs())
            .map(
                multiple ->
                    BigDecimal.valueOf(multiple, 3)
                        .multiply(reference)
                        .setScale(0, RoundingMode.CEILING)
                        .longValueExact())
            .toArray();
    return new Ladder(rungs, multiples.points());
  }

  private static Curve averageCurve(JsonSection value) throws InvalidPolicyException {
    for (String other : List.of("tiers", "reference")) {
      if (value.has(other)) {
        throw value.invalid(
            other, "is not for AVERAGE_ORDER_VALUE: use linear, or measure SPEND_IN_WINDOW");
      }
    }
    JsonSection linear = value.section("linear").allowing("points", "fullAt");
    return new Curve.Linear(linear.whole("points", 0, MOST_POINTS), linear.money("fullAt") / 100.0);
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
      section.allowing("segment", "when");
      Segment segment = section.oneOf("segment", assignable);
      SegmentRule rule =
          section.has("when")
              ? segmentRule(
                  segment,
                  section
                      .section("when")
                      .allowing(
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
        range(when, "score", (range, field) -> range.whole(field, 0, BEST_SCORE + 1)),
        range(when, "orderDaysInWindow", (range, field) -> range.whole(field, 0, MOST_COUNT)),
        range(when, "orderDaysEver", (range, field) -> range.whole(field, 0, MOST_COUNT)),
        range(when, "elapsedDays", (range, field) -> range.days(field, "0", MOST_DAYS)));
  }

  private interface Bound {
    long read(JsonSection range, String field) throws InvalidPolicyException;
  }

  private static Range range(JsonSection when, String field, Bound bound)
      throws InvalidPolicyException {
    if (!when.has(field)) {
      return Range.ANY;
    }
    JsonSection range = when.section(field).allowing("atLeast", "below");
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
  private static long[] borders(List<SegmentRule> rules, Condition condition) {
    return rules.stream()
        .map(condition::of)
        .flatMapToLong(range -> LongStream.of(range.atLeast(), range.below()))
        .filter(border -> border > 0 && border < Range.ANY.below())
        .sorted()
        .distinct()
        .toArray();
  }

  private static Ladder elapsedMarks(List<SegmentRule> rules) {
    long[] ascending = borders(rules, SegmentRule::elapsedMillis);
    long[] rungs = new long[ascending.length + 1];
    for (int i = 0; i < ascending.length; i++) {
      rungs[ascending.length - i] = ascending[i];
    }
    return new Ladder(rungs, new double[rungs.length]);
  }

  private static ExchangeRates exchangeRates(JsonSection policy) throws InvalidPolicyException {
    if (!policy.has("currency")) {
      return ExchangeRates.FACE_VALUE;
    }
    String code = "a currency code of three upper-case letters such as \"EUR\"";
    JsonSection currency = policy.section("currency").allowing("base", "rates");
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
    return new ExchangeRates(Currencies.pack(base), rates);
  }
}
