package io.rekindle.local.cli;

import io.rekindle.dashboard.fits.Candidate;
import io.rekindle.dashboard.fits.ShopFit;
import io.rekindle.dashboard.fits.ShopSnapshot;
import io.rekindle.local.prediction.GroupedOrders;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
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
import java.sql.Connection;
import java.sql.SQLException;
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
          + " by score.",
      "",
      "The orders come from the database of a stack, from one snapshot. The policy becomes a draft,"
          + " with a backtest. A person reviews and activates it on the page Policy. A version that"
          + " exists gets a suffix such as -2.",
      "",
      "With --orders the command needs no database. The same orders always give the same document.",
      "",
      "A shop with too few orders gets no policy. The message names what is missing."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:the policy is stored or written", "1:no policy", "2:wrong usage"})
public final class FitCommand implements Callable<Integer> {

  private static final String CREATED_BY = "rekindle fit";

  @Mixin private ShopSource source;

  @Option(
      names = "--out",
      paramLabel = "policy.json",
      description =
          "The file that receives the policy, which is not stored then. Required with --orders.")
  private Path out;

  @Option(
      names = "--activate",
      description =
          "Puts the policy in force at once, if an admin allows that on the page Policy and the gate"
              + " holds. docs/prediction.md describes the gate.")
  private boolean activate;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException {
    if (activate && (source.isFile() || out != null)) {
      throw new Failure("--activate needs a stored policy: leave out --orders and --out", 2);
    }
    if (source.isFile()) {
      fitFile();
    } else {
      fitDatabase();
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void fitFile() throws IOException {
    if (out == null) {
      throw new Failure("--orders needs --out, the file that receives the policy", 2);
    }
    Instant asked = source.asOf();
    try (Progress progress = Progress.onStandardErrorIfSlow();
        GroupedOrders shop = source.readFile(progress, spec.commandLine().getErr())) {
      Instant instant = asked == null ? Instant.now() : asked;
      progress.step("fitting");
      FittedPolicy policy = fitted(PolicyFit.fit(shop, instant.toEpochMilli()), instant);
      write(policy, progress.elapsed());
    }
  }

  private void fitDatabase() throws IOException, SQLException {
    // A wrong instant is told before the database is read.
    source.asOf();
    try (Progress progress = Progress.onStandardErrorIfSlow();
        Connection connection = source.database().getConnection();
        ShopSnapshot shop = ShopSource.read(connection, progress)) {
      Instant instant = source.asOf(Instant.ofEpochMilli(shop.instant()));
      progress.step("fitting");
      if (out != null) {
        FitResult result = PolicyFit.fit(shop, instant.toEpochMilli(), shop.currency());
        write(fitted(result, instant), progress.elapsed());
      } else {
        store(ShopFit.run(shop, shop, instant.toEpochMilli()), instant, connection, progress);
      }
    }
  }

  private static FittedPolicy fitted(FitResult result, Instant instant) {
    if (result instanceof Refused refused) {
      throw refusal(refused, instant);
    }
    return ((FitResult.Fitted) result).policy();
  }

  private static Failure refusal(Refused refused, Instant instant) {
    return new Failure(
        "no policy can be fitted as of %s: %s".formatted(instant, refused.sentence()));
  }

  private void store(
      ShopFit.Result result, Instant instant, Connection connection, Progress progress)
      throws SQLException {
    if (result instanceof ShopFit.Refused refused) {
      throw refusal(refused.reasons(), instant);
    }
    Candidate candidate = ((ShopFit.Found) result).candidate();
    connection.setAutoCommit(false);
    Candidate.Stored stored = candidate.store(connection, CREATED_BY);
    Candidate.Activation activation = activate ? candidate.activate(connection, stored) : null;
    connection.commit();
    PrintWriter screen = spec.commandLine().getOut();
    print(candidate.fit(), screen);
    if (candidate.backtest().instants().isEmpty()) {
      screen.println("backtest    the shop is too young for one");
    } else {
      new BacktestTable(candidate.backtest(), screen).printFigures();
    }
    screen.printf(
        Locale.ROOT,
        "%s %s in %.1f s%n",
        stored.created() ? "stored as the draft" : "the same policy is stored already as",
        stored.version(),
        progress.elapsed().toMillis() / 1000.0);
    if (activation != null) {
      screen.println(
          switch (activation) {
            case ACTIVATED -> "put in force, since the gate holds";
            case NOT_ALLOWED -> "not put in force: an admin has to allow it on the page Policy";
            case GATE_CLOSED -> "not put in force: the gate does not hold, see docs/prediction.md";
          });
    }
  }

  private void write(FittedPolicy policy, Duration elapsed) throws IOException {
    try {
      Files.writeString(out, policy.document());
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw new Failure(out + " cannot be written: " + e.getMessage(), e);
    }
    PrintWriter screen = spec.commandLine().getOut();
    print(policy, screen);
    screen.printf(Locale.ROOT, "written to %s in %.1f s%n", out, elapsed.toMillis() / 1000.0);
  }

  private static void print(FittedPolicy policy, PrintWriter screen) {
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
  }
}
