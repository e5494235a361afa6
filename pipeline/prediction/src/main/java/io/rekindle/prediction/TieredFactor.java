package io.rekindle.prediction;

import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.orders.UserFacts;
import java.util.Arrays;
import java.util.List;

/**
 * A factor of a fitted policy: fixed borders between its tiers, and the points that each border
 * adds in the template. With a reference value of 50.00, the template is the score of {@code
 * cadence-v1}.
 *
 * <p>A client's <i>level</i> is the number of borders on whose good side the client is: below a
 * border of elapsed time, at or above a border of a count or an amount. More recent and more
 * frequent orders raise levels and never lower them.
 */
@SuppressWarnings("ImmutableEnumChecker") // The arrays are never written.
enum TieredFactor {
  /** Days since the last order. */
  RECENCY(
      Factor.RECENCY,
      "fromDays",
      "0",
      true,
      List.of("7", "14", "30", "45", "60", "90", "120", "180", "270", "365", "545", "730"),
      0,
      2,
      4,
      4,
      5,
      6,
      5,
      4,
      0,
      0,
      0,
      0),

  /** Usual gaps since the last order. */
  RHYTHM(
      Factor.RHYTHM,
      "fromGaps",
      "0",
      true,
      List.of("1", "1.5", "2", "3", "4", "6"),
      4,
      4,
      6,
      6,
      6,
      4),

  /** Order days in the window. */
  FREQUENCY(
      Factor.FREQUENCY,
      "fromCount",
      "0",
      false,
      List.of("1", "2", "3", "5", "7", "10"),
      4,
      6,
      6,
      6,
      5,
      3),

  /** Spend in the window, in multiples of the reference value. */
  VALUE(
      Factor.VALUE, "fromMultiple", "0", false, List.of("0.5", "1", "2", "4", "8"), 2, 2, 2, 2, 2),

  /** Order days ever. */
  LOYALTY(
      Factor.LOYALTY,
      "fromCount",
      "1",
      false,
      List.of("2", "3", "5", "8", "12", "20"),
      0,
      0,
      0,
      0,
      0,
      0);

  /** The number of borders of all factors. */
  static final int BORDERS = Arrays.stream(values()).mapToInt(TieredFactor::borders).sum();

  private final Factor factor;
  private final String threshold;
  private final String first;
  private final boolean elapsed;
  private final List<String> borders;
  private final int[] increments;

  // Twice each border, which is whole; days in milliseconds.
  private final long[] doubled;

  TieredFactor(
      Factor factor,
      String threshold,
      String first,
      boolean elapsed,
      List<String> borders,
      int... increments) {
    this.factor = factor;
    this.threshold = threshold;
    this.first = first;
    this.elapsed = elapsed;
    this.borders = borders;
    this.increments = increments;
    doubled =
        borders.stream().mapToLong(border -> Math.round(2 * Double.parseDouble(border))).toArray();
  }

  /** The factor's place in lists by factor, from 0. */
  @SuppressWarnings("EnumOrdinal") // Cells and lists are in this order.
  int index() {
    return ordinal();
  }

  /** The factor in the scoring engine. */
  Factor factor() {
    return factor;
  }

  /** The field of a tier with its beginning. */
  String threshold() {
    return threshold;
  }

  /** The number of borders: one less than tiers, and the highest level. */
  int borders() {
    return increments.length;
  }

  /** The number of levels. */
  int levels() {
    return borders() + 1;
  }

  /** The place of the first border among the borders of all factors. */
  int offset() {
    int offset = 0;
    for (TieredFactor other : values()) {
      if (other == this) {
        break;
      }
      offset += other.borders();
    }
    return offset;
  }

  /** The points that a border adds in the template. */
  int increment(int border) {
    return increments[border];
  }

  /** Whether a client at this level is on the good side of the border. */
  boolean passes(int level, int border) {
    return elapsed ? border >= borders() - level : border < level;
  }

  /** The beginnings of the tiers, ascending. */
  List<String> beginnings() {
    String[] beginnings = new String[levels()];
    beginnings[0] = first;
    for (int i = 0; i < borders.size(); i++) {
      beginnings[i + 1] = borders.get(i);
    }
    return List.of(beginnings);
  }

  /** The level of the clients in a tier. */
  int level(int tier) {
    return elapsed ? borders() - tier : tier;
  }

  /** The level by a measure in units of the borders: days, gaps, orders or multiples. */
  int level(long measure, long unit) {
    int passed = 0;
    while (passed < doubled.length && 2 * measure >= doubled[passed] * unit) {
      passed++;
    }
    return elapsed ? doubled.length - passed : passed;
  }

  /** The lowest measure of each level but the first, ascending, with borders in such units. */
  List<Long> lowest(long unit) {
    return Arrays.stream(doubled).mapToObj(border -> (border * unit + 1) / 2).toList();
  }

  /** The level of a recency, in milliseconds since the last order. */
  static int recencyLevel(long elapsedMillis) {
    return RECENCY.level(elapsedMillis, UserFacts.DAY);
  }
}
