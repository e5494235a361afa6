package io.rekindle.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.prediction.Workload.Thresholds;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Writes a fitted policy as a document: the same bytes on every machine. */
final class PolicyDocument {

  private static final JsonMapper JSON = new JsonMapper();

  /** Real numbers have so many digits: the last bits of a sum say nothing. */
  private static final MathContext DIGITS = new MathContext(15);

  private final ObjectNode policy = JsonNodeFactory.instance.objectNode();

  private PolicyDocument() {}

  /** The document of a fit. */
  static String of(
      ShopSummary shop,
      long asOf,
      int horizonDays,
      ShopCurrency currency,
      BuyerModel teacher,
      CellTotals cells,
      double prior,
      BorderWeights weights,
      WholePoints points,
      Thresholds thresholds,
      LogisticLine line,
      int[] perMille) {
    PolicyDocument document = new PolicyDocument();
    document.general(asOf, horizonDays);
    for (TieredFactor factor : TieredFactor.values()) {
      document.factor(factor, points, shop.reference());
    }
    document.policy.putNull("contact");
    if (currency.section() != null) {
      document.policy.set("currency", currency.section());
    }
    document.thresholds(thresholds);
    document.segments(thresholds);
    document.probability(shop, asOf, horizonDays, teacher, cells, line, perMille);
    document.detail(shop, cells, prior, weights, line);
    return text(document.policy);
  }

  private void general(long asOf, int horizonDays) {
    LocalDate day = Instant.ofEpochMilli(asOf).atOffset(ZoneOffset.UTC).toLocalDate();
    policy.put("version", "fitted-" + day);
    policy.put(
        "description",
        "Points learned from the shop's own orders up to "
            + Instant.ofEpochMilli(asOf)
            + ", with the probability of an order within "
            + horizonDays
            + " days by score.");
    policy.put("windowDays", Workload.windowDays());
    policy.put("base", 0);
    policy.putObject("clamp").put("min", 0).put("max", 100);
  }

  private void factor(TieredFactor factor, WholePoints points, long reference) {
    ObjectNode section = policy.putObject(factor.factor().key());
    switch (factor) {
      case RECENCY -> {}
      case RHYTHM ->
          // The usual gap of cadence-v1.
          section
              .put("orderDays", 12)
              .put("priorGapDays", 60)
              .put("priorWeight", 2)
              .put("minGapDays", 7)
              .put("maxGapDays", 180);
      case FREQUENCY -> section.put("of", "ORDER_DAYS_IN_WINDOW");
      case VALUE ->
          section
              .put("of", "SPEND_IN_WINDOW")
              .put("reference", BigDecimal.valueOf(reference, 2).toPlainString());
      case LOYALTY -> section.put("of", "ORDER_DAYS_EVER");
    }
    ArrayNode tiers = section.putArray("tiers");
    List<String> beginnings = factor.beginnings();
    for (int tier = 0; tier < beginnings.size(); tier++) {
      tiers
          .addObject()
          .put(factor.threshold(), new BigDecimal(beginnings.get(tier)))
          .put("points", points.points(factor, factor.level(tier)));
    }
  }

  private void thresholds(Thresholds thresholds) {
    ObjectNode atRisk = policy.putObject("atRisk").put("scoreBelow", thresholds.atRisk());
    atRisk.put("dropAtLeast", thresholds.drop());
    policy
        .putObject("bands")
        .put("healthyFrom", thresholds.healthy())
        .put("coolingFrom", thresholds.atRisk())
        .put("lowFrom", thresholds.low());
  }

  /** The segments of cadence-v1 with other scores. */
  private void segments(Thresholds thresholds) {
    ArrayNode segments = policy.putArray("segments");
    range(when(segments, "LOST"), "orderDaysInWindow", null, 1);
    range(when(segments, "LOST"), "score", null, thresholds.lost());
    range(when(segments, "CANT_LOSE").put("atRisk", true), "orderDaysInWindow", 7, null);
    range(when(segments, "AT_RISK").put("atRisk", true), "orderDaysInWindow", 3, null);
    ObjectNode champion = when(segments, "CHAMPION");
    range(champion, "score", thresholds.champion(), null);
    range(champion, "orderDaysInWindow", 7, null);
    ObjectNode loyal = when(segments, "LOYAL");
    range(loyal, "score", thresholds.loyal(), null);
    range(loyal, "orderDaysInWindow", 3, null);
    ObjectNode promising = when(segments, "PROMISING");
    range(promising, "orderDaysEver", 2, 3);
    range(promising, "elapsedDays", null, 60);
    ObjectNode beginner = when(segments, "NEW");
    range(beginner, "orderDaysEver", 1, 2);
    range(beginner, "elapsedDays", null, 60);
    range(when(segments, "NEEDS_ATTENTION"), "score", thresholds.atRisk(), null);
    segments.addObject().put("segment", "HIBERNATING");
  }

  private static ObjectNode when(ArrayNode segments, String segment) {
    return segments.addObject().put("segment", segment).putObject("when");
  }

  private static void range(ObjectNode when, String measure, Integer atLeast, Integer below) {
    ObjectNode range = when.putObject(measure);
    if (atLeast != null) {
      range.put("atLeast", atLeast);
    }
    if (below != null) {
      range.put("below", below);
    }
  }

  private void probability(
      ShopSummary shop,
      long asOf,
      int horizonDays,
      BuyerModel teacher,
      CellTotals cells,
      LogisticLine line,
      int[] perMille) {
    ObjectNode probability = policy.putObject("probability");
    probability.put("horizonDays", horizonDays);
    ArrayNode table = probability.putArray("perMille");
    for (int probabilityOfScore : perMille) {
      table.add(probabilityOfScore);
    }
    probability.put("intercept", number(line.intercept()));
    probability.put("slope", number(line.slope()));
    probability.put("fittedAsOf", asOf);
    probability.put("clients", shop.clients());
    probability.put("cells", cells.size());
    probability
        .putArray("teacher")
        .add(number(teacher.r()))
        .add(number(teacher.alpha()))
        .add(number(teacher.a()))
        .add(number(teacher.b()));
  }

  private void detail(
      ShopSummary shop, CellTotals cells, double prior, BorderWeights weights, LogisticLine line) {
    ObjectNode detail = policy.putObject("detail");
    detail.put("a", number(weights.intercept()));
    detail.put("b0", number(prior));
    detail.put("A", number(line.intercept()));
    detail.put("B", number(line.slope()));
    ArrayNode beta = detail.putArray("beta");
    for (double weight : weights.weights()) {
      beta.add(number(weight));
    }
    detail.put("weight", number(cells.totalWeight()));
    detail.put("returns", number(cells.totalReturns()));
    detail.put("cells", cells.size());
    detail.put("v0", shop.reference());
  }

  /** A number as documents have it. */
  static BigDecimal number(double number) {
    BigDecimal rounded = new BigDecimal(number).round(DIGITS);
    return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
  }

  /** A document as text. */
  static String text(ObjectNode document) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return JSON.writer(printer).writeValueAsString(document) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A document of numbers cannot be written", e);
    }
  }
}
