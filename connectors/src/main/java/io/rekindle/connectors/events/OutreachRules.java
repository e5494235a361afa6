package io.rekindle.connectors.events;

import java.math.BigDecimal;
import java.util.List;

/**
 * The outreach settings: limits of emails and the experiment.
 *
 * @param enabled whether outreach is on
 * @param cooldownDays the days after a contact in which the user gets no further email, at least 0
 * @param staleDays the days after the beginning of a risk in which an email is allowed, at least 0
 * @param dailyCap the most emails per day, at least 0
 * @param capOrder which decisions get the emails of a day
 * @param experimentId id of the experiment; a user keeps the arm within one experiment
 * @param holdoutPpm the share of users in the holdout, in millionths: 0 to 1,000,000
 * @param variants 1 to 16 variants with different names, at least one of them with a weight
 * @param controlPpm the share of users in the permanent control group, in millionths: 0 to 200,000
 * @param controlSalt chooses the users of the permanent control group; the default if null
 */
public record OutreachRules(
    boolean enabled,
    int cooldownDays,
    int staleDays,
    int dailyCap,
    CapOrder capOrder,
    String experimentId,
    int holdoutPpm,
    List<OutreachVariant> variants,
    int controlPpm,
    String controlSalt) {

  /** The arm without emails. No variant may have this name. */
  public static final String HOLDOUT = "HOLDOUT";

  /** The largest permanent control group. A larger one would cost more than it tells. */
  public static final BigDecimal MAX_CONTROL_SHARE = new BigDecimal("0.2");

  private static final String CONTROL_SALT = "rekindle";

  /** The longest period of a rule, in days. */
  public static final int MAX_DAYS = 3_650;

  /** The default values of the table's columns. */
  public static final OutreachRules DEFAULTS =
      new OutreachRules(
          true,
          30,
          14,
          1_000,
          CapOrder.FIRST_DECIDED,
          "default",
          100_000,
          List.of(
              new OutreachVariant("friendly", 1_000_000, "winback-v1", "warm and friendly", null)),
          0,
          CONTROL_SALT);

  /** The rules without a row: outreach is off. */
  public static final OutreachRules NONE =
      new OutreachRules(
          false,
          DEFAULTS.cooldownDays,
          DEFAULTS.staleDays,
          DEFAULTS.dailyCap,
          DEFAULTS.capOrder,
          DEFAULTS.experimentId,
          DEFAULTS.holdoutPpm,
          DEFAULTS.variants,
          DEFAULTS.controlPpm,
          DEFAULTS.controlSalt);

  public OutreachRules {
    variants = List.copyOf(variants);
    // Null in state that was stored before there was a control group.
    controlSalt = controlSalt == null ? CONTROL_SALT : controlSalt;
  }
}
