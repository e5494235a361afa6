package io.rekindle.scoring;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import io.rekindle.scoring.policy.SpendModel;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The score by brute force, straight from the words of its specification and from the policy's
 * JSON: sets, big numbers, and every instant that could matter tried with its neighbours. Shares
 * nothing with what it checks but the names of factors, bands and segments.
 */
final class ReferenceScorer {

  private static final BigDecimal DAY = BigDecimal.valueOf(86_400_000);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  /** What can be seen of a user at one instant. */
  record Moment(
      double score, Map<Factor, Double> points, Band band, Segment segment, boolean atRisk) {}

  /** An order that counts; spend is null without a rate for its currency. */
  private record Effective(long placedAt, long day, BigInteger spend) {
    Effective(long placedAt, BigInteger spend) {
      this(
          placedAt,
          Instant.ofEpochMilli(placedAt).atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay(),
          spend);
    }

    BigInteger spendOrNothing() {
      return spend == null ? BigInteger.ZERO : spend;
    }
  }

  private final JsonNode policy;
  private final List<Effective> orders = new ArrayList<>();
  private final long asOf;
  private final Long contact;
  private final long gap;
  private final NavigableSet<Long> candidates;

  ReferenceScorer(JsonNode policy, List<OrderList.Order> orders, long asOf, Long contact) {
    this.policy = policy;
    this.asOf = asOf;
    this.contact = contact;
    for (OrderList.Order order : orders) {
      BigInteger spend = inBase(order);
      boolean counts = spend == null ? order.netMinor() > 0 : spend.signum() > 0;
      if (counts) {
        this.orders.add(new Effective(order.placedAt(), spend));
      }
    }
    gap = prospect() ? 0 : usualGap();
    candidates = prospect() ? new TreeSet<>() : instantsThatCouldMatter();
  }

  private BigInteger inBase(OrderList.Order order) {
    BigDecimal net = BigDecimal.valueOf(order.netMinor());
    if (policy.hasNonNull("currency") && order.currency() != CurrencyCodes.BASE) {
      String code = CurrencyCodes.unpack(order.currency());
      if (!code.equals(policy.at("/currency/base").textValue())) {
        JsonNode rate = policy.at("/currency/rates/" + code);
        if (rate.isMissingNode()) {
          return null;
        }
        net = net.multiply(new BigDecimal(rate.textValue()));
      }
    }
    return net.setScale(0, RoundingMode.HALF_EVEN).toBigIntegerExact().min(LONG_MAX);
  }

  boolean prospect() {
    return orders.isEmpty();
  }

  int orderCount() {
    return orders.size();
  }

  int unconverted() {
    return (int) orders.stream().filter(order -> order.spend() == null).count();
  }

  long last() {
    return orders.stream().mapToLong(Effective::placedAt).max().orElseThrow();
  }

  private List<Effective> inWindow(long instant) {
    BigDecimal window = policy.get("windowDays").decimalValue().multiply(DAY);
    return orders.stream()
        .filter(o -> BigDecimal.valueOf(instant - o.placedAt()).compareTo(window) < 0)
        .toList();
  }

  private static NavigableSet<Long> days(List<Effective> orders) {
    NavigableSet<Long> days = new TreeSet<>();
    orders.forEach(order -> days.add(order.day()));
    return days;
  }

  int orderDays(long instant) {
    return days(inWindow(instant)).size();
  }

  int orderDaysEver() {
    return days(orders).size();
  }

  private static BigInteger sum(List<Effective> orders) {
    return orders.stream().map(Effective::spendOrNothing).reduce(BigInteger.ZERO, BigInteger::add);
  }

  long spend(long instant) {
    return sum(inWindow(instant)).min(LONG_MAX).longValueExact();
  }

  long totalSpend() {
    return sum(orders).min(LONG_MAX).longValueExact();
  }

  /** Zero if the policy has no rhythm. */
  long gap() {
    return gap;
  }

  private long usualGap() {
    JsonNode rhythm = policy.path("rhythm");
    if (rhythm.isNull() || rhythm.isMissingNode()) {
      return 0;
    }
    NavigableSet<Long> recent = days(orders);
    while (recent.size() > rhythm.get("orderDays").intValue()) {
      recent.pollFirst();
    }
    BigInteger span =
        BigInteger.valueOf(recent.last() - recent.first()).multiply(DAY.toBigInteger());
    BigInteger weight = rhythm.get("priorWeight").bigIntegerValue();
    BigInteger gap =
        span.add(weight.multiply(millis(rhythm.get("priorGapDays"))))
            .divide(BigInteger.valueOf(recent.size() - 1).add(weight));
    return gap.min(millis(rhythm.get("maxGapDays")))
        .max(millis(rhythm.get("minGapDays")))
        .longValueExact();
  }

  private static BigInteger millis(JsonNode days) {
    return days.decimalValue().multiply(DAY).toBigIntegerExact();
  }

  private long elapsed(long instant) {
    return Math.max(0, instant - last());
  }

  /** The points of the last tier whose threshold, times the unit, is not above the measured. */
  private static double tier(
      JsonNode tiers, String threshold, BigDecimal unit, BigDecimal measured) {
    double points = Double.NaN;
    for (JsonNode tier : tiers) {
      if (tier.get(threshold).decimalValue().multiply(unit).compareTo(measured) <= 0) {
        points = tier.get("points").intValue();
      }
    }
    return points;
  }

  private static double linear(JsonNode linear, double measured) {
    double maximum = linear.get("points").intValue();
    return Math.min(maximum, maximum * (measured / linear.get("fullAt").asDouble()));
  }

  private double recency(long instant) {
    return policy.hasNonNull("recency")
        ? tier(policy.at("/recency/tiers"), "fromDays", DAY, BigDecimal.valueOf(elapsed(instant)))
        : 0;
  }

  private double rhythm(long instant) {
    return policy.hasNonNull("rhythm")
        ? tier(
            policy.at("/rhythm/tiers"),
            "fromGaps",
            BigDecimal.valueOf(gap),
            BigDecimal.valueOf(elapsed(instant)))
        : 0;
  }

  private double frequency(long instant) {
    if (!policy.hasNonNull("frequency")) {
      return 0;
    }
    JsonNode frequency = policy.get("frequency");
    boolean everything = frequency.get("of").textValue().equals("ORDERS_EVER");
    int count = everything ? orders.size() : orderDays(instant);
    return frequency.has("linear")
        ? linear(frequency.get("linear"), count)
        : tier(frequency.get("tiers"), "fromCount", BigDecimal.ONE, BigDecimal.valueOf(count));
  }

  private double value(long instant) {
    if (!policy.hasNonNull("value")) {
      return 0;
    }
    JsonNode value = policy.get("value");
    if (value.has("linear")) {
      return linear(value.get("linear"), totalSpend() / 100.0 / orders.size());
    }
    BigDecimal reference = new BigDecimal(value.get("reference").textValue()).movePointRight(2);
    return tier(
        value.get("tiers"), "fromMultiple", reference, new BigDecimal(sum(inWindow(instant))));
  }

  private double contact(long instant) {
    if (!policy.hasNonNull("contact") || contact == null || contact > instant) {
      return 0;
    }
    BigDecimal within = policy.at("/contact/withinDays").decimalValue().multiply(DAY);
    return BigDecimal.valueOf(instant - contact).compareTo(within) < 0
        ? policy.at("/contact/points").intValue()
        : 0;
  }

  private double loyalty() {
    return policy.hasNonNull("loyalty")
        ? tier(
            policy.at("/loyalty/tiers"),
            "fromCount",
            BigDecimal.ONE,
            BigDecimal.valueOf(orderDaysEver()))
        : 0;
  }

  private Map<Factor, Double> points(long instant) {
    Map<Factor, Double> points = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      points.put(
          factor,
          switch (factor) {
            case RECENCY -> recency(instant);
            case RHYTHM -> rhythm(instant);
            case FREQUENCY -> frequency(instant);
            case VALUE -> value(instant);
            case CONTACT -> contact(instant);
            case LOYALTY -> loyalty();
          });
    }
    return points;
  }

  private double score(long instant) {
    double score = policy.get("base").intValue();
    for (double points : points(instant).values()) {
      score += points;
    }
    score = Math.min(score, policy.at("/clamp/max").intValue());
    return Math.max(score, policy.at("/clamp/min").intValue());
  }

  /** Null if the policy has no table. */
  Integer orderPerMille(double score) {
    JsonNode table = policy.at("/probability/perMille");
    return table.isArray() ? table.get((int) Math.floor(score)).intValue() : null;
  }

  /** Null without a table; the model is Gamma-Gamma with these parameters. */
  Long valueAtStake(SpendModel money) {
    if (orderPerMille(score(asOf)) == null) {
      return null;
    }
    int lost = Math.max(0, orderPerMille(score(last())) - orderPerMille(score(asOf)));
    long firstDay = days(orders).first();
    List<Effective> repeats =
        orders.stream().filter(o -> o.spend() != null && o.day() > firstDay).toList();
    double worth =
        repeats.isEmpty()
            ? money.meanOrderMinor()
            : money.p()
                * (100 * money.gamma() + sum(repeats).min(LONG_MAX).longValueExact())
                / (money.p() * repeats.size() + money.q() - 1);
    return (long) Math.rint(lost * worth / 1000);
  }

  private boolean atRisk(double score) {
    if (score < policy.at("/atRisk/scoreBelow").intValue()) {
      return true;
    }
    JsonNode probability = policy.at("/atRisk/orderProbabilityBelow");
    if (probability.isNumber()
        && BigDecimal.valueOf(orderPerMille(score), 3).compareTo(probability.decimalValue()) < 0) {
      return true;
    }
    JsonNode drop = policy.at("/atRisk/dropAtLeast");
    return drop.isNumber() && score(last()) - score >= drop.intValue();
  }

  Moment at(long instant) {
    double score = score(instant);
    boolean atRisk = atRisk(score);
    Band band =
        score >= policy.at("/bands/healthyFrom").intValue()
            ? Band.HEALTHY
            : score >= policy.at("/bands/coolingFrom").intValue()
                ? Band.COOLING
                : score >= policy.at("/bands/lowFrom").intValue() ? Band.LOW : Band.LAPSED;
    return new Moment(score, points(instant), band, segment(instant, score, atRisk), atRisk);
  }

  private Segment segment(long instant, double score, boolean atRisk) {
    for (JsonNode rule : policy.get("segments")) {
      JsonNode when = rule.path("when");
      if ((!when.has("atRisk") || when.get("atRisk").booleanValue() == atRisk)
          && within(when.path("score"), new BigDecimal(score), BigDecimal.ONE)
          && within(
              when.path("orderDaysInWindow"),
              BigDecimal.valueOf(orderDays(instant)),
              BigDecimal.ONE)
          && within(when.path("orderDaysEver"), BigDecimal.valueOf(orderDaysEver()), BigDecimal.ONE)
          && within(when.path("elapsedDays"), BigDecimal.valueOf(elapsed(instant)), DAY)) {
        return Segment.valueOf(rule.get("segment").textValue());
      }
    }
    throw new AssertionError("no rule for the rest");
  }

  private static boolean within(JsonNode range, BigDecimal measured, BigDecimal unit) {
    return (!range.has("atLeast")
            || measured.compareTo(range.get("atLeast").decimalValue().multiply(unit)) >= 0)
        && (!range.has("below")
            || measured.compareTo(range.get("below").decimalValue().multiply(unit)) < 0);
  }

  /** Every instant at which anything might differ, each with the milliseconds around it. */
  NavigableSet<Long> candidates() {
    return candidates;
  }

  private NavigableSet<Long> instantsThatCouldMatter() {
    List<BigDecimal> thresholds = new ArrayList<>();
    BigDecimal last = BigDecimal.valueOf(last());
    thresholds.add(last);
    thresholds.add(BigDecimal.valueOf(asOf));
    for (JsonNode tier : policy.at("/recency/tiers")) {
      thresholds.add(last.add(tier.get("fromDays").decimalValue().multiply(DAY)));
    }
    for (JsonNode tier : policy.at("/rhythm/tiers")) {
      thresholds.add(
          last.add(tier.get("fromGaps").decimalValue().multiply(BigDecimal.valueOf(gap))));
    }
    for (JsonNode rule : policy.get("segments")) {
      for (JsonNode bound : rule.at("/when/elapsedDays")) {
        thresholds.add(last.add(bound.decimalValue().multiply(DAY)));
      }
    }
    for (Effective order : orders) {
      BigDecimal window = policy.get("windowDays").decimalValue().multiply(DAY);
      thresholds.add(BigDecimal.valueOf(order.placedAt()).add(window));
    }
    if (contact != null && policy.hasNonNull("contact")) {
      BigDecimal within = policy.at("/contact/withinDays").decimalValue().multiply(DAY);
      thresholds.add(BigDecimal.valueOf(contact));
      thresholds.add(BigDecimal.valueOf(contact).add(within));
    }
    NavigableSet<Long> candidates = new TreeSet<>();
    for (BigDecimal threshold : thresholds) {
      long instant = threshold.setScale(0, RoundingMode.FLOOR).longValueExact();
      candidates.addAll(List.of(instant - 1, instant, instant + 1));
    }
    return candidates;
  }

  Optional<Long> nextChange() {
    double score = score(asOf);
    return candidates().tailSet(asOf, false).stream().filter(t -> score(t) != score).findFirst();
  }

  Optional<Long> nextReview() {
    Moment moment = at(asOf);
    return candidates().tailSet(asOf, false).stream()
        .filter(t -> !at(t).equals(moment))
        .findFirst();
  }

  Optional<Long> atRiskSince() {
    if (!at(asOf).atRisk()) {
      return Optional.empty();
    }
    return Optional.of(
        candidates().subSet(last(), true, Math.max(last(), asOf), true).stream()
            .filter(t -> atRisk(score(t)))
            .findFirst()
            .orElse(last()));
  }
}
