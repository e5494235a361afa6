package io.rekindle.local.cli;

import io.rekindle.dashboard.reconstruction.HistoryReconstruction;
import io.rekindle.dashboard.reconstruction.HistoryReconstruction.Result;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle reconstruct}. */
@Command(
    name = "reconstruct",
    mixinStandardHelpOptions = true,
    description = {
      "Computes the scores of the 24 months before the first start from the shop's orders, and"
          + " stores each change in engagement.reconstructed_history.",
      "The dashboard does the same once in the background. The command goes on where an interrupted"
          + " run ended. After a finished run it only prints what is stored."
    })
public final class ReconstructCommand implements Callable<Integer> {

  @Mixin private DataOption data;

  @Option(
      names = "--again",
      description =
          "Removes what is stored and begins anew, by the policy in force and the orders as they"
              + " stand now.")
  private boolean again;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    StackInfo stack = StackInfo.read(data.path());
    try (Connection connection = stack.ownerDatabase().getConnection()) {
      HistoryReconstruction reconstruction = new HistoryReconstruction(connection, Duration.ZERO);
      if (again && !reconstruction.forget()) {
        throw busy();
      }
      long begin = System.nanoTime();
      Result result = reconstruction.run();
      double seconds = (System.nanoTime() - begin) / 1e9;
      switch (result.outcome()) {
        case BUSY -> throw busy();
        case TOO_EARLY ->
            throw new Failure(
                "not every client has a score yet: try again once `rekindle status` shows"
                    + " scored_until");
        case FINISHED ->
            spec.commandLine()
                .getOut()
                .printf(
                    Locale.ROOT,
                    "%,d clients, %,d changes of their scores from %s to %s by %s; this run took"
                        + " %.1f s%n",
                    result.users(),
                    result.rows(),
                    result.from(),
                    result.until(),
                    result.policyVersion(),
                    seconds);
      }
    }
    return 0;
  }

  private static Failure busy() {
    return new Failure("another reconstruction is under way: try again later");
  }
}
