package io.rekindle.prediction;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The result of a fit: a policy, or the reasons for which there is none. */
public sealed interface FitResult permits FitResult.Fitted, FitResult.Refused {

  /**
   * A policy was fitted.
   *
   * @param policy the policy and how it was found
   */
  record Fitted(FittedPolicy policy) implements FitResult {}

  /**
   * The orders do not say enough.
   *
   * @param shortfalls at least one
   */
  record Refused(List<Shortfall> shortfalls) implements FitResult {

    /** Copies the list. */
    public Refused {
      shortfalls = List.copyOf(shortfalls);
    }

    /** One sentence for people. */
    public String sentence() {
      return shortfalls.stream().map(Shortfall::sentence).collect(Collectors.joining("; "));
    }
  }

  /** What a shop must have for a fit. */
  enum Minimum {
    /** Clients with an effective order. */
    CLIENTS(200, "clients with an order"),
    /** Clients with two order days. */
    REPEAT_CLIENTS(50, "clients with two order days"),
    /** The sum of the weights of outcomes. */
    RETURNS(30, "weighted returns within 90 days"),
    /** The sum of the weights of examples without a return. */
    NON_RETURNS(30, "weighted examples without a return"),
    /** The sum of the weights of all borders, in log-odds. */
    SIGNAL(1e-6, "log-odds between the best and the worst score");

    private final double required;
    private final String meaning;

    Minimum(double required, String meaning) {
      this.required = required;
      this.meaning = meaning;
    }

    /** The smallest sufficient number. */
    public double required() {
      return required;
    }
  }

  /**
   * A minimum that a shop misses.
   *
   * @param found less than the minimum
   */
  record Shortfall(Minimum minimum, double found) {

    /** A few words for people: what is missing, with both numbers. */
    public String sentence() {
      return String.format(
          Locale.ROOT,
          "%s %s, at least %s are needed",
          number(found),
          minimum.meaning,
          number(minimum.required));
    }

    private static String number(double number) {
      return number == Math.rint(number)
          ? String.format(Locale.ROOT, "%,.0f", number)
          : String.format(Locale.ROOT, "%.3g", number);
    }
  }
}
