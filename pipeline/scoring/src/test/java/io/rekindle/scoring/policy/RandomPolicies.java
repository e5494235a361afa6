package io.rekindle.scoring.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Valid policy documents with every feature, of all kinds of thresholds. */
public final class RandomPolicies {

  private final SplittableRandom random;

  public RandomPolicies(SplittableRandom random) {
    this.random = random;
  }

  public ObjectNode next() {
    ObjectNode policy = JsonNodeFactory.instance.objectNode();
    policy.put("version", "random-" + random.nextInt(1_000_000));
    policy.put("windowDays", decimal(1, 500_000));
    policy.put("base", random.nextInt(-20, 60));
    int minimum = random.nextInt(4) == 0 ? random.nextInt(0, 40) : 0;
    policy.putObject("clamp").put("min", minimum).put("max", random.nextInt(minimum, 101));
    if (random.nextInt(8) > 0) {
      policy.putObject("recency").set("tiers", fallingTiers("fromDays", 400_000));
    }
    if (random.nextInt(4) > 0) {
      BigDecimal least = decimal(1, 40_000);
      policy
          .putObject("rhythm")
          .put("orderDays", random.nextInt(2, 15))
          .put("priorGapDays", decimal(1, 200_000))
          .put("priorWeight", random.nextInt(1, 6))
          .put("minGapDays", least)
          .put("maxGapDays", least.add(decimal(1, 200_000)))
          .set("tiers", fallingTiers("fromGaps", 8_000));
    }
    if (random.nextInt(8) > 0) {
      ObjectNode frequency = policy.putObject("frequency");
      frequency.put("of", random.nextBoolean() ? "ORDER_DAYS_IN_WINDOW" : "ORDERS_EVER");
      if (random.nextBoolean()) {
        frequency
            .putObject("linear")
            .put("points", random.nextInt(0, 40))
            .put("fullAt", random.nextInt(1, 15));
      } else {
        frequency.set("tiers", risingTiers("fromCount", 15_000, 1_000));
      }
    }
    switch (random.nextInt(4)) {
      case 0 ->
          policy
              .putObject("value")
              .put("of", "AVERAGE_ORDER_VALUE")
              .putObject("linear")
              .put("points", random.nextInt(0, 40))
              .put("fullAt", money());
      case 1, 2 -> {
        ObjectNode value = policy.putObject("value");
        value.put("of", "SPEND_IN_WINDOW").put("reference", money());
        value.set("tiers", risingTiers("fromMultiple", 10_000, 1));
      }
      default -> {}
    }
    if (random.nextBoolean()) {
      policy
          .putObject("contact")
          .put("points", random.nextInt(-30, 0))
          .put("withinDays", decimal(1, 30_000));
    }
    if (random.nextBoolean()) {
      ObjectNode loyalty = policy.putObject("loyalty").put("of", "ORDER_DAYS_EVER");
      ArrayNode tiers = risingTiers("fromCount", 15_000, 1_000);
      // A client with a score has an order day.
      tiers.forEach(
          tier ->
              ((ObjectNode) tier)
                  .put("fromCount", tier.get("fromCount").decimalValue().add(BigDecimal.ONE)));
      loyalty.set("tiers", tiers);
    }
    if (random.nextBoolean()) {
      ArrayNode perMille =
          policy.putObject("probability").put("horizonDays", 90).putArray("perMille");
      random.ints(101, 0, 1_001).sorted().forEach(perMille::add);
    }
    ObjectNode atRisk = policy.putObject("atRisk");
    atRisk.put("scoreBelow", random.nextInt(0, 90));
    if (random.nextBoolean()) {
      atRisk.put("dropAtLeast", random.nextInt(1, 60));
    }
    if (policy.has("probability") && random.nextBoolean()) {
      atRisk.put("orderProbabilityBelow", BigDecimal.valueOf(random.nextInt(1, 1_001), 3));
    }
    int[] bands = random.ints(3, 0, 101).sorted().toArray();
    policy
        .putObject("bands")
        .put("healthyFrom", bands[2])
        .put("coolingFrom", bands[1])
        .put("lowFrom", bands[0]);
    policy.set("segments", segments());
    if (random.nextInt(3) == 0) {
      ObjectNode rates = policy.putObject("currency").put("base", "EUR").putObject("rates");
      rates.put("USD", "0.92");
      rates.put("GBP", "1.163847561");
      rates.put("JPY", "0.00615");
      rates.put("BTC", "95000.5");
    }
    return policy;
  }

  private ArrayNode segments() {
    ArrayNode rules = JsonNodeFactory.instance.arrayNode();
    Segment[] segments = Segment.values();
    for (int i = random.nextInt(6); i >= 0; i--) {
      ObjectNode rule = rules.addObject();
      rule.put("segment", segments[random.nextInt(1, segments.length)].name());
      if (i > 0) {
        ObjectNode when = rule.putObject("when");
        switch (random.nextInt(4)) {
          case 0 -> when.put("atRisk", random.nextBoolean());
          case 1 -> when.putObject("score").put("below", random.nextInt(1, 100));
          case 2 -> {
            int least = random.nextInt(0, 8);
            when.putObject("orderDaysEver").put("atLeast", least).put("below", least + 2);
          }
          default -> when.putObject("score").put("atLeast", random.nextInt(1, 100));
        }
        if (random.nextBoolean()) {
          String bound = random.nextBoolean() ? "atLeast" : "below";
          when.putObject("orderDaysInWindow").put(bound, random.nextInt(1, 12));
        }
        if (random.nextBoolean()) {
          String bound = random.nextBoolean() ? "atLeast" : "below";
          when.putObject("elapsedDays").put(bound, decimal(1, 200_000));
        }
      }
    }
    return rules;
  }

  private ArrayNode fallingTiers(String threshold, int mostThousandths) {
    NavigableSet<Integer> thresholds = thresholds(mostThousandths, 1);
    int[] points = random.ints(thresholds.size(), -10, 50).sorted().toArray();
    ArrayNode tiers = JsonNodeFactory.instance.arrayNode();
    int next = points.length;
    for (int from : thresholds) {
      tiers.addObject().put(threshold, BigDecimal.valueOf(from, 3)).put("points", points[--next]);
    }
    return tiers;
  }

  private ArrayNode risingTiers(String threshold, int mostThousandths, int step) {
    NavigableSet<Integer> thresholds = thresholds(mostThousandths, step);
    int[] points = random.ints(thresholds.size(), -10, 40).sorted().toArray();
    ArrayNode tiers = JsonNodeFactory.instance.arrayNode();
    int next = 0;
    for (int from : thresholds) {
      tiers.addObject().put(threshold, BigDecimal.valueOf(from, 3)).put("points", points[next++]);
    }
    return tiers;
  }

  private NavigableSet<Integer> thresholds(int most, int step) {
    NavigableSet<Integer> thresholds = new TreeSet<>();
    thresholds.add(0);
    for (int i = random.nextInt(8); i > 0; i--) {
      thresholds.add(random.nextInt(1, most / step + 1) * step);
    }
    return thresholds;
  }

  private BigDecimal decimal(int least, int mostThousandths) {
    int thousandths = random.nextInt(least, mostThousandths);
    return random.nextBoolean()
        ? BigDecimal.valueOf(thousandths, 3)
        : BigDecimal.valueOf(thousandths / 1_000 + 1);
  }

  private String money() {
    return BigDecimal.valueOf(random.nextInt(1, 20_000), 2).toPlainString();
  }
}
