package io.rekindle.local.cli;

import io.rekindle.local.job.ShadowJob;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.local.verify.ReplayComparison;
import io.rekindle.local.verify.ShadowDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a second job beside the stack's job, over all records of the topics. The second job"
          + " writes to the database "
          + ShadowDatabase.NAME
          + ", to no topic, and sends no email. The command then compares scores and history.",
      "The differences are the effect that another version of the job would have."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:nothing differs", "1:something differs", "2:the comparison failed"},
    exitCodeOnExecutionException = VerifyCommand.NOT_VERIFIED)
public final class ReplayCommand implements Callable<Integer> {

  @Mixin private DataOption data;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The jar of another version of the job. The default is the jar of this build.")
  private Path jar;

  @Option(
      names = "--keep",
      description =
          "Keeps the database for queries about the differences. By default the command drops it.")
  private boolean keep;

  @Mixin private TimeoutOption timeout;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    ReplayComparison.Result result = replay();
    print(result, spec.commandLine().getOut());
    return result.differences().isEmpty() ? 0 : 1;
  }

  private ReplayComparison.Result replay() throws IOException, SQLException, InterruptedException {
    try (Progress progress = Progress.onStandardError()) {
      StackInfo stack = StackInfo.read(data.path());
      ShadowDatabase database = new ShadowDatabase(stack);
      progress.step("making the database " + ShadowDatabase.NAME);
      database.create();
      try {
        return replay(stack, database, progress);
      } finally {
        if (!keep) {
          database.drop();
        }
      }
    }
  }

  private ReplayComparison.Result replay(
      StackInfo stack, ShadowDatabase database, Progress progress)
      throws IOException, SQLException, InterruptedException {
    try (ShadowJob job = ShadowJob.submit(data.path(), stack, jar, database.jdbcUrl())) {
      try {
        return new ReplayComparison(
                database.live(), database.shadow(), timeout.duration(), progress)
            .compare();
      } catch (Failure e) {
        // A job that has ended is why nothing moves.
        job.check();
        throw e;
      }
    }
  }

  private static void print(ReplayComparison.Result result, PrintWriter out) {
    VerifyCommand.printFirst(result.differences(), out);
    out.printf(
        "%d users and %d rows of history compared (%d users were changing), %d differences%n",
        result.users(), result.history(), result.changing(), result.differences().size());
  }
}
