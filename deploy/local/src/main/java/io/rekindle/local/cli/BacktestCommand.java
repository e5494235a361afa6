package io.rekindle.local.cli;

import io.rekindle.local.prediction.GroupedOrders;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.BacktestFigures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle backtest}. */
@Command(
    name = "backtest",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how good scores and probabilities would have been on a shop's own past. It needs no"
          + " running stack.",
      "",
      "At past instants the command fits a policy to the orders up to then, and compares it with"
          + " the orders that came after. cadence-v1 is compared with its score as a percentage,"
          + " and with a fitted table. The columns of the orders are those of `rekindle import`, in"
          + " any order."
    })
public final class BacktestCommand implements Callable<Integer> {

  private static final int MAX_DAYS = 3_650;

  // Every command takes --data. This one reads nothing there.
  @Mixin private DataOption unused;

  @Option(
      names = "--orders",
      required = true,
      paramLabel = "F.csv",
      description = "The file with the shop's orders.")
  private Path orders;

  @Option(
      names = "--horizon",
      paramLabel = "DAYS",
      defaultValue = "90",
      description = "The days in which an order is a return (default: ${DEFAULT-VALUE}).")
  private int horizon;

  @Option(
      names = "--every",
      paramLabel = "DAYS",
      defaultValue = "28",
      description = "The days from instant to instant (default: ${DEFAULT-VALUE}).")
  private int every;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    requireDays("--horizon", horizon);
    requireDays("--every", every);
    Backtest.Result result;
    Duration elapsed;
    try (Progress progress = Progress.onStandardErrorIfSlow();
        GroupedOrders shop = GroupedOrders.read(orders, progress)) {
      progress.step("fitting and comparing");
      result = Backtest.run(shop, horizon, every);
      elapsed = progress.elapsed();
    }
    if (result.instants().isEmpty()) {
      throw new Failure(
          "%s has no instant at which a policy can be fitted with %d known days after it: its orders begin too late, or are too few"
              .formatted(orders, horizon));
    }
    print(result, elapsed);
    return 0;
  }

  private static void requireDays(String option, int days) {
    if (days < 1 || days > MAX_DAYS) {
      throw new Failure(
          "%s is %d: use a number of days from 1 to %d".formatted(option, days, MAX_DAYS), 2);
    }
  }

  private void print(Backtest.Result result, Duration elapsed) {
    List<Long> instants = result.instants();
    PrintWriter screen = spec.commandLine().getOut();
    screen.printf(
        Locale.ROOT,
        "%d instants from %s to %s, %,d examples, %.1f s%n%n",
        instants.size(),
        Instant.ofEpochMilli(instants.get(0)),
        Instant.ofEpochMilli(instants.get(instants.size() - 1)),
        result.figures().get(0).examples(),
        elapsed.toMillis() / 1000.0);
    screen.printf("%-26s %6s %6s %8s %6s %6s%n", "", "AUC", "Brier", "log loss", "ECE", "slope");
    for (BacktestFigures figures : result.figures()) {
      screen.printf(
          Locale.ROOT,
          "%-26s %6.4f %6.4f %8.4f %6.4f %6.3f%n",
          figures.policy(),
          figures.auc(),
          figures.brier(),
          figures.logLoss(),
          figures.ece(),
          figures.slope());
    }
    screen.flush();
  }
}
