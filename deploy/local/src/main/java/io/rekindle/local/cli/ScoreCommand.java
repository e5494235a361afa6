package io.rekindle.local.cli;

import io.rekindle.local.scoring.CaseScorer;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.document.InvalidPolicyException;
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
      "Scores the cases of a CSV file by a policy. It needs no running stack.",
      "",
      "The columns of the input are name, as_of_ms and orders. The orders are entries"
          + " `id@placed_at_ms:net_minor`, separated by semicolons. The command reports and skips a"
          + " case that it cannot read."
    })
public final class ScoreCommand implements Callable<Integer> {

  // Every command takes --data. This one reads nothing there.
  @Mixin private DataOption unused;

  @Option(
      names = "--policy",
      paramLabel = "NAME|FILE",
      defaultValue = "cadence-v1",
      description =
          "The built-in policy cadence-v1 or document-v1, or the file of a policy document (default:"
              + " ${DEFAULT-VALUE}). No client is at risk by document-v1: a score with an order is always"
              + " above its threshold of 50.")
  private String policy;

  @Option(
      names = "--in",
      required = true,
      paramLabel = "cases.csv",
      description = "The file with the cases.")
  private Path in;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "out.csv",
      description = "The file that receives the scores.")
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
