package io.rekindle.scoring;

import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import io.rekindle.scoring.policy.Segment;
import io.rekindle.scoring.policy.TierTable;

/**
 * The score of a user at any instant with the orders that there are, and the instants at which it
 * can differ. Mutable and reused for every user, so that scoring allocates nothing.
 */
final class DecayCurve {

  /** No instant. */
  static final long NO_CROSSING = TierCursor.NO_DROP;

  private final Definition policy;
  private final TierCursor recency;
  private final TierCursor rhythm;
  private final TierCursor orderDays;
  private final TierCursor spend;
  private final TierCursor elapsedThresholds;
  private final OrderFacts facts;

  private double ordersEverPoints;
  private double averageOrderPoints;
  private long contactFrom;
  private long contactUntil;
  private double scoreAtLastOrder;
  private long now;

  DecayCurve(Definition policy) {
    this.policy = policy;
    recency = new TierCursor(policy.recency());
    rhythm = new TierCursor(policy.rhythm());
    orderDays = new TierCursor(policy.orderDays());
    spend = new TierCursor(policy.spend());
    elapsedThresholds = new TierCursor(policy.elapsedThresholds());
    facts = new OrderFacts(policy, orderDays, spend);
  }

  /** Loads a user; call {@link #seek} next, unless there is no effective order. */
  OrderFacts load(OrderHistory orders, long asOf, long lastContactAt) {
    facts.load(orders, asOf);
    boolean contacted = lastContactAt != Score.NEVER && policy.contactPoints() != 0;
    contactFrom = contacted ? lastContactAt : NO_CROSSING;
    contactUntil = contacted ? lastContactAt + policy.contactMillis() : NO_CROSSING;
    if (facts.orderCount > 0) {
      int count = facts.orderCount;
      ordersEverPoints = policy.ordersEver() == null ? 0 : policy.ordersEver().points(count);
      averageOrderPoints =
          policy.averageOrderValue() == null
              ? 0
              : policy.averageOrderValue().points(facts.totalSpend / 100.0 / count);
      fillByElapsed(recency, policy.recency(), facts.lastOrderAt);
      fillByElapsed(elapsedThresholds, policy.elapsedThresholds(), facts.lastOrderAt);
      fillByGap(facts.lastOrderAt, facts.usualGap);
      if (policy.atRiskDrop() != null) {
        seek(facts.lastOrderAt);
        scoreAtLastOrder = score();
      }
    }
    return facts;
  }

  private static void fillByElapsed(TierCursor cursor, TierTable table, long since) {
    cursor.clear();
    for (int level = 1; level < table.levels(); level++) {
      cursor.addLevel(since + table.thresholds()[level]);
    }
  }

  private void fillByGap(long since, long gap) {
    rhythm.clear();
    for (int level = 1; level < policy.rhythm().levels(); level++) {
      // The first whole millisecond at which 1000 · elapsed reaches threshold · gap.
      rhythm.addLevel(since + (policy.rhythm().thresholds()[level] * gap + 999) / 1000);
    }
  }

  /** Goes to any instant. */
  void seek(long instant) {
    now = instant;
    recency.seek(instant);
    rhythm.seek(instant);
    orderDays.seek(instant);
    spend.seek(instant);
    elapsedThresholds.seek(instant);
  }

  /** Goes to an instant that is not before the present one. */
  void advance(long instant) {
    now = instant;
    recency.advance(instant);
    rhythm.advance(instant);
    orderDays.advance(instant);
    spend.advance(instant);
    elapsedThresholds.advance(instant);
  }

  /** The next instant at which something can differ, or {@link #NO_CROSSING}. */
  long nextCrossing() {
    long next = Math.min(recency.nextDrop(), rhythm.nextDrop());
    next = Math.min(next, Math.min(orderDays.nextDrop(), spend.nextDrop()));
    next = Math.min(next, elapsedThresholds.nextDrop());
    if (contactFrom > now) {
      next = Math.min(next, contactFrom);
    }
    if (contactUntil > now) {
      next = Math.min(next, contactUntil);
    }
    return next;
  }

  double recencyPoints() {
    return recency.points();
  }

  double rhythmPoints() {
    return rhythm.points();
  }

  double frequencyPoints() {
    return ordersEverPoints + orderDays.points();
  }

  double valuePoints() {
    return averageOrderPoints + spend.points();
  }

  double contactPoints() {
    return now >= contactFrom && now < contactUntil ? policy.contactPoints() : 0;
  }

  /** Added up in this order in every place, since fractions depend on it. */
  double score() {
    return policy.clamp(
        policy.base()
            + recencyPoints()
            + rhythmPoints()
            + frequencyPoints()
            + valuePoints()
            + contactPoints());
  }

  /** What the score is without an order: no factor has anything to measure, save the contact. */
  double scoreWithoutOrders(long instant) {
    now = instant;
    return policy.clamp(policy.base() + contactPoints());
  }

  boolean atRisk(double score) {
    return score < policy.atRiskBelow()
        || (policy.atRiskDrop() != null && scoreAtLastOrder - score >= policy.atRiskDrop());
  }

  Segment segment(double score, boolean atRisk) {
    return policy.segment(
        score,
        atRisk,
        // The thresholds include every number that a rule asks for, so one on the same level will
        // do.
        policy.orderDays().thresholds()[orderDays.level()],
        facts.orderDaysEver,
        facts.elapsed(now));
  }

  /**
   * The first instant, not before the last order, at which the user is at risk. Where only a
   * contact that ended before an order in the future did it, the time of that order.
   */
  long atRiskSince(long asOf) {
    seek(facts.lastOrderAt);
    while (!atRisk(score())) {
      long next = nextCrossing();
      if (next > asOf) {
        return facts.lastOrderAt;
      }
      advance(next);
    }
    return now;
  }
}
