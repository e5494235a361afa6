package io.rekindle.local.cli;

import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.BacktestFigures;
import io.rekindle.prediction.PolicyBacktest;
import io.rekindle.prediction.PolicyBacktest.Bin;
import io.rekindle.prediction.PolicyBacktest.Decile;
import io.rekindle.prediction.PolicyBacktest.Emails;
import io.rekindle.prediction.PolicyBacktest.Interval;
import io.rekindle.prediction.PolicyBacktest.Month;
import io.rekindle.prediction.PolicyBacktest.Warning;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;

/** Prints a backtest as tables for people. A number that the outcomes do not say is a dash. */
final class BacktestTable {

  private static final String KNEW = " *";

  private final Backtest.Result result;
  private final PrintWriter screen;

  BacktestTable(Backtest.Result result, PrintWriter screen) {
    this.result = result;
    this.screen = screen;
  }

  /** Prints everything. */
  void printAll() {
    printFigures();
    printDifferences();
    printUse();
    printCalibration();
  }

  /** Prints the figures of each policy. */
  void printFigures() {
    print(
        "%-26s %6s %6s %8s %6s %6s %9s%n",
        "", "AUC", "Brier", "log loss", "ECE", "slope", "intercept");
    for (PolicyBacktest policy : result.policies()) {
      BacktestFigures figures = policy.figures();
      print(
          "%-26s %6s %6s %8s %6s %6s %9s%n",
          policy.policy() + (policy.sawOutcomes() ? KNEW : ""),
          number("%.4f", figures.auc()),
          number("%.4f", figures.brier()),
          number("%.4f", figures.logLoss()),
          number("%.4f", figures.ece()),
          number("%.3f", figures.slope()),
          number("%.3f", figures.intercept()));
    }
    if (result.policies().stream().anyMatch(PolicyBacktest::sawOutcomes)) {
      print("* fitted after some of the instants: it knew what came after, and looks too good%n");
    }
  }

  private void printDifferences() {
    print("%nDifference from %s, with 95 %% intervals%n", Backtest.CADENCE_TABLE);
    print("%-26s %-28s %-28s %-28s%n", "", "AUC", "Brier", "log loss");
    for (PolicyBacktest policy : result.policies()) {
      if (policy.difference() != null) {
        print(
            "%-26s %-28s %-28s %-28s%n",
            policy.policy(),
            interval(policy.difference().auc()),
            interval(policy.difference().brier()),
            interval(policy.difference().logLoss()));
      }
    }
  }

  private void printUse() {
    print(
        "%nIn use%n%-26s %15s %13s %17s%n",
        "", "days of warning", "emails a day", "came back anyway");
    for (PolicyBacktest policy : result.policies()) {
      Warning warning = policy.warning();
      Emails emails = policy.emails();
      print(
          "%-26s %15s %13s %17s%n",
          policy.policy(),
          number("%+.1f", warning.days()),
          number("%.1f", emails.perDay()),
          percent(emails.cameBackAnyway()));
    }
    print(
        "Days of warning are those before a rule of 90 days without an order, at as many false alarms.%n");
  }

  private void printCalibration() {
    PolicyBacktest fitted = result.policy(Backtest.FITTED);
    print(
        "%nCalibration of the fitted policy%n%-12s %10s %10s %10s   %s%n",
        "probability", "clients", "expected", "happened", "95 % interval");
    for (Bin bin : fitted.bins()) {
      print(
          "%3.0f to %3.0f %% %,10d %10s %10s   %s to %s%n",
          100 * bin.from(),
          100 * bin.from() + 10,
          bin.clients(),
          percent(bin.predicted()),
          percent(bin.happened()),
          percent(bin.low()),
          percent(bin.high()));
    }
    print(
        "%nLift of the fitted policy%n%-12s %10s %10s %10s%n",
        "tenth", "expected", "happened", "lift");
    for (Decile decile : fitted.deciles()) {
      print(
          "%-12d %10s %10s %10s%n",
          decile.decile(),
          percent(decile.predicted()),
          percent(decile.happened()),
          number("%.2f", decile.lift()));
    }
    print(
        "%nReturns by month, fitted policy%n%-12s %10s %10s %10s%n",
        "month", "clients", "expected", "happened");
    for (Month month : fitted.months()) {
      print(
          "%-12s %,10d %,10.0f %,10d%n",
          month.month(), month.clients(), month.expected(), month.happened());
    }
  }

  private void print(String format, Object... values) {
    screen.printf(Locale.ROOT, format, values);
  }

  private static String interval(Interval interval) {
    return interval.value() == null
        ? number("", null)
        : String.format(
            Locale.ROOT,
            "%+.4f (%s to %s)",
            interval.value(),
            number("%+.4f", interval.low()),
            number("%+.4f", interval.high()));
  }

  private static String percent(Double share) {
    return number("%.1f %%", share == null ? null : Double.valueOf(100 * share));
  }

  private static String number(String format, Double number) {
    return Objects.isNull(number) ? "–" : String.format(Locale.ROOT, format, number);
  }
}
