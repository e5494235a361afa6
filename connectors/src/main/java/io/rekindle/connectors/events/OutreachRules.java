package io.rekindle.connectors.events;

import java.util.List;

/**
 * Who is written to, how often, and in which experiment.
 *
 * @param enabled whether anybody is
 * @param cooldownDays for how many days after a contact nobody is written to again, at least 0
 * @param staleDays for how many days after it began a risk is still worth an email, at least 0
 * @param dailyCap at most so many emails a day, at least 0
 * @param experimentId whoever has been assigned an arm in an experiment stays there
 * @param holdoutPpm the share that gets no email for comparison, in millionths: 0 to 1,000,000
 * @param variants 1 to 16 of different names, at least one of them with a weight
 */
public record OutreachRules(
    boolean enabled,
    int cooldownDays,
    int staleDays,
    int dailyCap,
    String experimentId,
    int holdoutPpm,
    List<OutreachVariant> variants) {

  /** The arm of an experiment that gets no email; no variant's name. */
  public static final String HOLDOUT = "HOLDOUT";

  /** The longest that a rule may look back, in days. */
  public static final int MAX_DAYS = 3_650;

  /** What a new row holds: the columns' defaults. */
  public static final OutreachRules DEFAULTS =
      new OutreachRules(
          true,
          30,
          14,
          1_000,
          "default",
          100_000,
          List.of(
              new OutreachVariant("friendly", 1_000_000, "winback-v1", "warm and friendly", null)));

  /** What holds without a row: nobody is written to. */
  public static final OutreachRules NONE =
      new OutreachRules(
          false,
          DEFAULTS.cooldownDays,
          DEFAULTS.staleDays,
          DEFAULTS.dailyCap,
          DEFAULTS.experimentId,
          DEFAULTS.holdoutPpm,
          DEFAULTS.variants);

  public OutreachRules {
    variants = List.copyOf(variants);
  }
}
