package io.rekindle.local.cli;

import io.rekindle.dashboard.fits.ShopSnapshot;
import io.rekindle.local.prediction.GroupedOrders;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.BacktestPlan;
import io.rekindle.prediction.OutreachAssumptions;
import io.rekindle.prediction.ShopCurrency;
import io.rekindle.prediction.ShopOrders;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
      "Measures how good scores and probabilities would have been on a shop's own past.",
      "",
      "At past instants the command fits a policy to the orders up to then, and compares it with"
          + " the orders that came after. It also compares cadence-v1: with its score as a percentage,"
          + " and with a fitted table.",
      "",
      "The orders come from the database of a stack, from one snapshot. With --orders the command"
          + " needs no database."
    })
public final class BacktestCommand implements Callable<Integer> {

  private static final int MAX_DAYS = 3_650;

  @Mixin private ShopSource source;

  @Option(
      names = "--policy",
      paramLabel = "NAME|FILE",
      description =
          "Another policy to compare: the file of one, the version of a stored one, or the name of a"
              + " built-in one. Repeat it for several.")
  private List<String> policies = new ArrayList<>();

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

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException {
    requireDays("--horizon", horizon);
    requireDays("--every", every);
    Instant asked = source.asOf();
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      if (source.isFile()) {
        try (GroupedOrders shop = source.readFile(progress, spec.commandLine().getErr())) {
          long asOf = asked == null ? Long.MAX_VALUE : asked.toEpochMilli();
          run(
              shop,
              plan(asOf, ShopCurrency.FACE_VALUE, read(null), OutreachAssumptions.BY_DEFAULT),
              progress);
        }
      } else {
        try (Connection connection = source.database().getConnection();
            ShopSnapshot shop = ShopSource.read(connection, progress)) {
          Instant asOf = source.asOf(Instant.ofEpochMilli(shop.instant()));
          run(
              shop,
              plan(asOf.toEpochMilli(), shop.currency(), read(connection), shop.outreach()),
              progress);
        }
      }
    }
    return 0;
  }

  private BacktestPlan plan(
      long asOf,
      ShopCurrency currency,
      List<ScoringPolicy> compared,
      OutreachAssumptions outreach) {
    return new BacktestPlan(horizon, every, asOf, currency, compared, outreach);
  }

  private void run(ShopOrders shop, BacktestPlan plan, Progress progress) {
    progress.step("fitting and comparing");
    Backtest.Result result = Backtest.run(shop, plan);
    if (result.instants().isEmpty()) {
      throw new Failure(
          "there is no instant at which a policy can be fitted with %d known days after it: the orders begin too late, or are too few"
              .formatted(horizon));
    }
    PrintWriter screen = spec.commandLine().getOut();
    if (json) {
      screen.println(result.json());
    } else {
      printHead(result, progress.elapsed(), screen);
      new BacktestTable(result, screen).printAll();
    }
    screen.flush();
  }

  private static void requireDays(String option, int days) {
    if (days < 1 || days > MAX_DAYS) {
      throw new Failure(
          "%s is %d: use a number of days from 1 to %d".formatted(option, days, MAX_DAYS), 2);
    }
  }

  /**
   * Reads the policies that were named.
   *
   * @param connection null without a database
   */
  private List<ScoringPolicy> read(Connection connection) throws IOException, SQLException {
    List<ScoringPolicy> read = new ArrayList<>();
    for (String name : policies) {
      read.add(policy(name, connection));
    }
    return read;
  }

  private static ScoringPolicy policy(String name, Connection connection)
      throws IOException, SQLException {
    try {
      Path file = Path.of(name);
      if (Files.isRegularFile(file)) {
        return ScoringPolicy.parse(Files.readString(file));
      }
      String stored = connection == null ? null : stored(name, connection);
      if (stored != null) {
        return ScoringPolicy.parse(stored);
      }
      if (ScoringPolicy.builtInNames().contains(name)) {
        return ScoringPolicy.builtIn(name);
      }
    } catch (InvalidPolicyException e) {
      throw new Failure("the policy %s is not valid: %s".formatted(name, e.getMessage()), e);
    }
    throw new Failure(
        "there is no policy '%s': name a file, %sor one of %s"
            .formatted(
                name,
                connection == null ? "" : "a stored version, ",
                String.join(", ", ScoringPolicy.builtInNames())),
        2);
  }

  private static String stored(String version, Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select document::text from engagement.scoring_policies where policy_version = ?")) {
      select.setString(1, version);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private static void printHead(Backtest.Result result, Duration elapsed, PrintWriter screen) {
    List<Long> instants = result.instants();
    screen.printf(
        Locale.ROOT,
        "%d instants from %s to %s, %,d examples, %.1f s%n%n",
        instants.size(),
        Instant.ofEpochMilli(instants.get(0)),
        Instant.ofEpochMilli(instants.get(instants.size() - 1)),
        result.policies().get(0).figures().examples(),
        elapsed.toMillis() / 1000.0);
  }
}
