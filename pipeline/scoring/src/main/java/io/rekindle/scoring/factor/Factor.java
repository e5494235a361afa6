package io.rekindle.scoring.factor;

import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.document.JsonSection;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A part of the score. Points are added and shown in this order. Tables, topic, API, pages and
 * documents have every factor: a test by the factor's name fails where one is missing.
 */
public enum Factor {
  /** The time since the last order. */
  RECENCY,

  /** The time since the last order in the user's own usual gaps. */
  RHYTHM,

  /** The frequency of orders. */
  FREQUENCY,

  /** The spend. */
  VALUE,

  /** Zero, or the deduction for a recent contact. */
  CONTACT,

  /** The order days ever. */
  LOYALTY;

  private static final FactorRule ABSENT = new Recency(TierTable.NONE);

  /** The name of the factor's section in policies, and its name in the API: {@code recency}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of the factor's points in tables, topics and decisions: {@code recency_points}. */
  public String column() {
    return key() + "_points";
  }

  /** The factor's place in lists by factor, from 0. */
  @SuppressWarnings(
      "EnumOrdinal") // Stored breakdowns hold the points in this order: a new factor comes last.
  public int index() {
    return ordinal();
  }

  /** The keys of all factors, in order. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(Factor::key).toList();
  }

  /** The columns of all factors, in order, with commas between them. */
  public static String columns() {
    return String.join(", ", Arrays.stream(values()).map(Factor::column).toList());
  }

  /** Whether the rule is that of a policy without a section for the factor. */
  public static boolean isAbsent(FactorRule rule) {
    return rule == ABSENT;
  }

  /** Reads a policy's rule for this factor. A factor without a section gives no points. */
  public FactorRule read(JsonSection policy) throws InvalidPolicyException {
    if (!policy.has(key())) {
      return ABSENT;
    }
    JsonSection section = policy.section(key());
    return switch (this) {
      case RECENCY -> Recency.read(section);
      case RHYTHM -> Rhythm.read(section);
      case FREQUENCY -> Frequency.read(section);
      case VALUE -> Value.read(section);
      case CONTACT -> Contact.read(section);
      case LOYALTY -> Loyalty.read(section);
    };
  }
}
