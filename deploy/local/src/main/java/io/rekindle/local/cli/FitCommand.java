package io.rekindle.local.cli;

import io.rekindle.local.prediction.GroupedOrders;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.text.Instants;
import io.rekindle.prediction.FitResult;
import io.rekindle.prediction.FitResult.Refused;
import io.rekindle.prediction.FittedPolicy;
import io.rekindle.prediction.PolicyFit;
import io.rekindle.scoring.policy.ScoringPolicy.Definition;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle fit}. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description = {
      "Fits a scoring policy to a shop's own orders: the factors of cadence-v1 and the order days"
          + " ever, with learned points, and a table of the probability of an order within 90 days"
          + " by score. It needs no running stack.",
      "",
      "The columns of the orders are those of `rekindle import`, in any order. All amounts must be"
          + " in one currency. Orders after --as-of are left out. The same orders always give the"
          + " same document.",
      "",
      "A shop with too few orders gets no policy. The message names what is missing."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:the policy is written", "1:no policy", "2:wrong usage"})
public final class FitCommand implements Callable<Integer> {

  // Every command takes --data. This one reads nothing there.
  @Mixin private DataOption unused;

  @Option(
      names = "--orders",
      required = true,
      paramLabel = "F.csv",
      description = "The file with the shop's orders.")
  private Path orders;

  @Option(
      names = "--as-of",
      required = true,
      paramLabel = "INSTANT",
      description = "The instant of the fit, such as 2026-06-01 or 2026-06-01T08:00:00Z.")
  private String asOf;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "policy.json",
      description = "The file that receives the policy.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Instant instant =
        Instants.parseLenient(asOf)
            .orElseThrow(
                () ->
                    new Failure(
                        "--as-of is '%s': write a day such as 2026-06-01, or a time such as 2026-06-01T08:00:00Z"
                            .formatted(asOf),
                        2));
    PrintWriter screen = spec.commandLine().getOut();
    FittedPolicy policy;
    Duration elapsed;
    try (Progress progress = Progress.onStandardErrorIfSlow();
        GroupedOrders shop = GroupedOrders.read(orders, progress)) {
      if (shop.repeated() > 0) {
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "notice: repeated rows: %,d. The last row of an order id counts%n",
                shop.repeated());
      }
      progress.step("fitting");
      FitResult result = PolicyFit.fit(shop, instant.toEpochMilli());
      if (result instanceof Refused refused) {
        throw new Failure(
            "no policy can be fitted as of %s: %s".formatted(instant, refused.sentence()));
      }
      policy = ((FitResult.Fitted) result).policy();
      elapsed = progress.elapsed();
    }
    try {
      Files.writeString(out, policy.document());
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw new Failure(out + " cannot be written: " + e.getMessage(), e);
    }
    print(policy, elapsed, screen);
    return 0;
  }

  private void print(FittedPolicy policy, Duration elapsed, PrintWriter screen) {
    Definition definition = policy.policy().definition();
    screen.printf(
        Locale.ROOT,
        "%s  %,d clients, %,d with two order days, %,d orders%n",
        policy.policy().version(),
        policy.clients(),
        policy.repeatClients(),
        policy.orders());
    screen.printf(
        Locale.ROOT,
        "examples    %,d at %d instants, and the teacher's %,d; %,d cells%n",
        policy.examples(),
        policy.snapshots(),
        policy.clients(),
        policy.cells());
    screen.printf(
        Locale.ROOT,
        "on these    AUC %.4f, Brier %.4f (it flatters: the points come from the same examples)%n",
        policy.quality().auc(),
        policy.quality().brier());
    screen.printf(
        Locale.ROOT,
        "thresholds  at risk below %d%s, healthy from %d, low from %d%n",
        definition.atRiskBelow(),
        definition.atRiskDrop() == null ? "" : " or after a drop of " + definition.atRiskDrop(),
        definition.healthyFrom(),
        definition.lowFrom());
    screen.printf(
        Locale.ROOT,
        "order within 90 days: %.1f %% at a score of 0, %.1f %% at 50, %.1f %% at 100%n",
        policy.perMille().get(0) / 10.0,
        policy.perMille().get(50) / 10.0,
        policy.perMille().get(100) / 10.0);
    screen.printf(Locale.ROOT, "written to %s in %.1f s%n", out, elapsed.toMillis() / 1000.0);
    screen.flush();
  }
}
