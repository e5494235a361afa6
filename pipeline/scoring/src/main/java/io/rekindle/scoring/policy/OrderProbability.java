package io.rekindle.scoring.policy;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import java.util.List;

/**
 * The probability of an order within some days, by score. Section {@code probability}: {@code
 * horizonDays}, and {@code perMille} with 101 whole numbers, one for each score from 0 to 100. They
 * never fall, so a higher score never has a lower probability. The numbers are stored and only
 * looked up, so that any two programs agree.
 *
 * <p>A fit adds how it found them: {@code intercept}, {@code slope}, {@code fittedAsOf}, {@code
 * clients}, {@code cells} and {@code teacher}, and a section {@code detail} with the points before
 * rounding. The engine checks that these are numbers and does not use them.
 *
 * <p>Immutable.
 */
public final class OrderProbability {

  private static final int SCORES = 101;
  private static final int MAX_HORIZON_DAYS = 3_650;
  private static final int MAX_DETAILS = 1_000;

  private static final List<String> NUMBERS =
      List.of("intercept", "slope", "fittedAsOf", "clients", "cells");
  private static final List<String> DETAIL_NUMBERS =
      List.of("a", "b0", "A", "B", "weight", "returns", "cells", "v0");

  private final int horizonDays;
  private final int[] perMille;

  private OrderProbability(int horizonDays, int[] perMille) {
    this.horizonDays = horizonDays;
    this.perMille = perMille;
  }

  static OrderProbability read(JsonSection section) throws InvalidPolicyException {
    section.allowOnly(
        "horizonDays",
        "perMille",
        "intercept",
        "slope",
        "fittedAsOf",
        "clients",
        "cells",
        "teacher");
    for (String field : NUMBERS) {
      if (section.has(field)) {
        section.number(field);
      }
    }
    if (section.has("teacher")) {
      section.numbers("teacher", MAX_DETAILS);
    }
    return new OrderProbability(section.whole("horizonDays", 1, MAX_HORIZON_DAYS), table(section));
  }

  private static int[] table(JsonSection section) throws InvalidPolicyException {
    int[] perMille = section.wholes("perMille", SCORES, 0, 1_000);
    for (int score = 1; score < perMille.length; score++) {
      if (perMille[score] < perMille[score - 1]) {
        throw section.invalid(
            "perMille[" + score + "]",
            "is less than for the score before, but a higher score must not have a lower"
                + " probability: use at least "
                + perMille[score - 1]);
      }
    }
    return perMille;
  }

  /** Checks the section {@code detail}. */
  static void checkDetail(JsonSection section) throws InvalidPolicyException {
    section.allowOnly("a", "b0", "A", "B", "beta", "weight", "returns", "cells", "v0");
    for (String field : DETAIL_NUMBERS) {
      if (section.has(field)) {
        section.number(field);
      }
    }
    if (section.has("beta")) {
      section.numbers("beta", MAX_DETAILS);
    }
  }

  /** The days within which the order is expected. */
  public int horizonDays() {
    return horizonDays;
  }

  /** The least score with at least this probability, or 101 if no score has it. */
  int scoreFrom(int leastPerMille) {
    int score = 0;
    while (score < perMille.length && perMille[score] < leastPerMille) {
      score++;
    }
    return score;
  }

  /**
   * The probability in thousandths, 0 to 1000. A fraction of a point does not count.
   *
   * @param score 0 to 100
   */
  public int perMille(double score) {
    return perMille[(int) score];
  }
}
