package io.rekindle.local.cli;

import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.local.verify.UnstoredHistory;
import io.rekindle.local.verify.Verification;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "Verifies the database at this JDBC URL instead of that of a local stack, such as one in"
              + " containers or Kubernetes. REKINDLE_DATABASE_USER and REKINDLE_DATABASE_PASSWORD"
              + " in the environment name a role that reads both schemas.")
  private String url;

  @Mixin private TimeoutOption timeout;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws SQLException, InterruptedException {
    Verification.Result result;
    List<String> missing;
    try (Progress progress = Progress.onStandardError()) {
      DataSource database = database();
      result = new Verification(database, timeout.duration(), progress).run();
      missing = UnstoredHistory.read(database);
    }
    missing.forEach(spec.commandLine().getOut()::println);
    print(result, spec.commandLine().getOut());
    return result.differences().isEmpty() && missing.isEmpty() ? 0 : 1;
  }

  private DataSource database() {
    if (url == null) {
      return StackInfo.read(data.path()).ownerDatabase();
    }
    PGSimpleDataSource database = new PGSimpleDataSource();
    try {
      database.setUrl(url);
    } catch (IllegalArgumentException e) {
      throw new Failure("--database is not a JDBC URL of Postgres", e);
    }
    database.setApplicationName("rekindle");
    Optional.ofNullable(System.getenv("REKINDLE_DATABASE_USER")).ifPresent(database::setUser);
    Optional.ofNullable(System.getenv("REKINDLE_DATABASE_PASSWORD"))
        .ifPresent(database::setPassword);
    return database;
  }

  public static void print(Verification.Result result, PrintWriter out) {
    printFirst(result.differences(), out);
    out.printf("%d users checked, %d differences%n", result.checked(), result.differences().size());
  }

  /** Prints the first differences, by user. */
  static void printFirst(Map<String, String> differences, PrintWriter out) {
    differences.entrySet().stream()
        .limit(SHOWN)
        .forEach(user -> out.println(user.getKey() + " " + user.getValue()));
  }
}
