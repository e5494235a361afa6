package io.rekindle.local.cli;

import io.rekindle.local.scoring.CaseScorer;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.policy.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle score}. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Scores the cases of a CSV file by a policy; needs no running stack.",
      "",
      "Columns of the input: name, as_of_ms, and orders with entries id@placed_at_ms:net_minor",
      "separated by semicolons. Cases that cannot be read are named and left out."
    })
public final class ScoreCommand implements Callable<Integer> {

  // Every command takes --data; this one reads nothing there.
  @Mixin private DataOption unused;

  @Option(
      names = "--policy",
      paramLabel = "NAME|FILE",
      defaultValue = "cadence-v1",
      description =
          "Built-in policy cadence-v1 or document-v1 (whose at-risk threshold of 50 never fires:"
              + " with an order its score is always above), or the file of a policy document"
              + " (default: ${DEFAULT-VALUE}).")
  private String policy;

  @Option(names = "--in", required = true, paramLabel = "cases.csv", description = "The cases.")
  private Path in;

  @Option(names = "--out", required = true, paramLabel = "out.csv", description = "Their scores.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    AtomicInteger problems = new AtomicInteger();
    int scored;
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      scored =
          new CaseScorer(policy(), progress)
              .score(
                  in,
                  out,
                  problem -> {
                    problems.incrementAndGet();
                    progress.erase();
                    err.println(problem);
                    err.flush();
                  });
    }
    spec.commandLine()
        .getOut()
        .printf(Locale.ROOT, "%,d cases scored, %,d could not be read%n", scored, problems.get());
    return problems.get() == 0 ? 0 : 1;
  }

  private ScoringPolicy policy() throws IOException {
    if (ScoringPolicy.builtInNames().contains(policy)) {
      return ScoringPolicy.builtIn(policy);
    }
    Path file = Path.of(policy);
    if (!Files.isRegularFile(file)) {
      throw new Failure(
          "no policy '%s': name one of %s, or the file of a policy document"
              .formatted(policy, String.join(", ", ScoringPolicy.builtInNames())),
          2);
    }
    try {
      return ScoringPolicy.parse(Files.readString(file));
    } catch (InvalidPolicyException e) {
      throw new Failure(file + " is not a scoring policy: " + e.getMessage(), e);
    }
  }
}
