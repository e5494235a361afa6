package io.rekindle.scoring;

import io.rekindle.scoring.ScoringPolicy.Definition;

/**
 * The score of a user at any instant with the orders that there are, and the instants at which it
 * can differ. Mutable and reused for every user, so that scoring allocates nothing.
 */
final class Silence {

  /** No instant. */
  static final long NO_BORDER = Track.NOTHING_LEFT;

  private final Definition policy;
  private final Track recency;
  private final Track rhythm;
  private final Track orderDays;
  private final Track spend;
  private final Track elapsedMarks;
  private final OrderFacts facts;

  private double ordersEverPoints;
  private double averageOrderPoints;
  private long contactFrom;
  private long contactUntil;
  private double scoreAtLastOrder;
  private long now;

  Silence(Definition policy) {
    this.policy = policy;
    recency = new Track(policy.recency());
    rhythm = new Track(policy.rhythm());
    orderDays = new Track(policy.orderDays());
    spend = new Track(policy.spend());
    elapsedMarks = new Track(policy.elapsedMarks());
    facts = new OrderFacts(policy, orderDays, spend);
  }

  /** Takes in a user; unless there is no effective order, {@link #seek} comes next. */
  OrderFacts read(OrderHistory orders, long asOf, long lastContactAt) {
    facts.read(orders, asOf);
    boolean contacted = lastContactAt != Score.NEVER && policy.contactPoints() != 0;
    contactFrom = contacted ? lastContactAt : NO_BORDER;
    contactUntil = contacted ? lastContactAt + policy.contactMillis() : NO_BORDER;
    if (facts.orderCount > 0) {
      int count = facts.orderCount;
      ordersEverPoints = policy.ordersEver() == null ? 0 : policy.ordersEver().points(count);
      averageOrderPoints =
          policy.averageOrderValue() == null
              ? 0
              : policy.averageOrderValue().points(facts.totalSpend / 100.0 / count);
      lose(recency, policy.recency(), facts.lastOrderAt);
      lose(elapsedMarks, policy.elapsedMarks(), facts.lastOrderAt);
      loseByGap(facts.lastOrderAt, facts.usualGap);
      if (policy.atRiskDrop() != null) {
        seek(facts.lastOrderAt);
        scoreAtLastOrder = score();
      }
    }
    return facts;
  }

  private static void lose(Track track, Ladder ladder, long since) {
    track.clear();
    for (int level = 1; level < ladder.levels(); level++) {
      track.addLevel(since + ladder.rungs()[level]);
    }
  }

  private void loseByGap(long since, long gap) {
    rhythm.clear();
    for (int level = 1; level < policy.rhythm().levels(); level++) {
      // The first whole millisecond at which 1000 · elapsed reaches rung · gap.
      rhythm.addLevel(since + (policy.rhythm().rungs()[level] * gap + 999) / 1000);
    }
  }

  /** Goes to any instant. */
  void seek(long instant) {
    now = instant;
    recency.seek(instant);
    rhythm.seek(instant);
    orderDays.seek(instant);
    spend.seek(instant);
    elapsedMarks.seek(instant);
  }

  /** Goes to an instant that is not before the present one. */
  void advance(long instant) {
    now = instant;
    recency.advance(instant);
    rhythm.advance(instant);
    orderDays.advance(instant);
    spend.advance(instant);
    elapsedMarks.advance(instant);
  }

  /** The next instant at which something can differ, or {@link #NO_BORDER}. */
  long nextBorder() {
    long next = Math.min(recency.nextLoss(), rhythm.nextLoss());
    next = Math.min(next, Math.min(orderDays.nextLoss(), spend.nextLoss()));
    next = Math.min(next, elapsedMarks.nextLoss());
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
        // The rungs include every number that a rule asks for, so one on the same level will do.
        policy.orderDays().rungs()[orderDays.level()],
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
      long next = nextBorder();
      if (next > asOf) {
        return facts.lastOrderAt;
      }
      advance(next);
    }
    return now;
  }
}
