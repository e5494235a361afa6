package io.rekindle.local.cli;

import io.rekindle.local.terminal.Progress;
import io.rekindle.local.verify.UnstoredHistory;
import io.rekindle.local.verify.Verification;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rekindle verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Recomputes every user's score from the shop's tables and compares it with the score that the"
          + " running pipeline has stored. The shop may keep ordering meanwhile.",
      "The command also compares episodes and decisions, and lists months of history that lack"
          + " rows."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {
      "0:nothing differs",
      "1:something differs, or history lacks rows",
      "2:the comparison failed"
    },
    exitCodeOnExecutionException = VerifyCommand.NOT_VERIFIED)
public final class VerifyCommand implements Callable<Integer> {

  static final int NOT_VERIFIED = 2;

  private static final int SHOWN = 20;

  @Mixin private DataOption data;

  @Mixin private DatabaseOption database;

  @Mixin private TimeoutOption timeout;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    Verification.Result result;
    List<String> missing;
    try (Progress progress = Progress.onStandardError()) {
      DataSource source = database.source(data.path());
      result = new Verification(source, timeout.duration(), progress).run();
      missing = UnstoredHistory.read(source);
    }
    missing.forEach(spec.commandLine().getOut()::println);
    print(result, spec.commandLine().getOut());
    return result.differences().isEmpty() && missing.isEmpty() ? 0 : 1;
  }

  public static void print(Verification.Result result, PrintWriter out) {
    printFirst(result.differences(), out);
    if (result.loading() > 0) {
      out.printf(
          "%d users were not compared, since orders older than a day are still being added to"
              + " them%n",
          result.loading());
    }
    out.printf("%d users checked, %d differences%n", result.checked(), result.differences().size());
  }

  /** Prints the first differences, by user. */
  static void printFirst(Map<String, String> differences, PrintWriter out) {
    differences.entrySet().stream()
        .limit(SHOWN)
        .forEach(user -> out.println(user.getKey() + " " + user.getValue()));
  }
}
