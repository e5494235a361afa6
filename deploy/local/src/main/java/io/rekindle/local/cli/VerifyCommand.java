package io.rekindle.local.cli;

import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.local.verify.Verification;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.postgresql.ds.PGSimpleDataSource;
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
          + " running pipeline has stored. The shop may keep ordering meanwhile."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:nothing differs", "1:something differs", "2:the comparison failed"},
    exitCodeOnExecutionException = VerifyCommand.NOT_VERIFIED)
public final class VerifyCommand implements Callable<Integer> {

  static final int NOT_VERIFIED = 2;

  private static final int SHOWN = 20;

  @Mixin private DataOption data;

  @Mixin private TimeoutOption timeout;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Verification.Result result = verify();
    print(result, spec.commandLine().getOut());
    return result.differences().isEmpty() ? 0 : 1;
  }

  /**
   * @throws Failure with exit code 2 if the stack cannot be verified
   */
  private Verification.Result verify() throws InterruptedException {
    try (Progress progress = Progress.onStandardError()) {
      StackInfo stack = StackInfo.read(data.path());
      PGSimpleDataSource database = stack.ownerDatabase();
      return new Verification(database, timeout.duration(), progress).run();
    } catch (Failure e) {
      throw new Failure(e.getMessage(), e, NOT_VERIFIED);
    } catch (SQLException e) {
      throw new Failure(
          "the database failed, see `rekindle status`: " + e.getMessage(), e, NOT_VERIFIED);
    }
  }

  public static void print(Verification.Result result, PrintWriter out) {
    printFirst(result.differences(), out);
    out.printf("%d users checked, %d differences%n", result.checked(), result.differences().size());
  }

  /** Some of the differences, by user. */
  static void printFirst(Map<String, String> differences, PrintWriter out) {
    differences.entrySet().stream()
        .limit(SHOWN)
        .forEach(user -> out.println(user.getKey() + " " + user.getValue()));
  }
}
