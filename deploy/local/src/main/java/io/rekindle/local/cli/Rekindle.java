package io.rekindle.local.cli;

import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.jdbc.ConnectionFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ServiceLoader;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code rekindle}; each subcommand is a class of its own. */
@Command(
    name = "rekindle",
    mixinStandardHelpOptions = true,
    versionProvider = Rekindle.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Real-time client engagement on Apache Flink: the local stack and its tools.",
    subcommands = {
      HelpCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      ImportCommand.class,
      ScoreCommand.class,
      FitCommand.class,
      BacktestCommand.class,
      VerifyCommand.class,
      ReplayCommand.class,
      ReconstructCommand.class,
      DeadLettersCommand.class
    })
public final class Rekindle implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs one command and ends the JVM with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** Creates the command with its subcommands. It prints an error as one sentence. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Rekindle());
    // Subcommands come first, since picocli passes the settings below to those it has.
    ServiceLoader.load(Subcommand.class).forEach(commandLine::addSubcommand);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(Rekindle::explain);
    return commandLine;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    String sentence;
    int exitCode = command.getCommandSpec().exitCodeOnExecutionException();
    if (e instanceof Failure failure) {
      sentence = failure.getMessage();
      exitCode = Math.max(exitCode, failure.exitCode());
    } else if (e instanceof SQLException) {
      sentence = "the database failed, see `rekindle status`: " + ConnectionFailure.reason(e);
    } else if (e instanceof KafkaException) {
      sentence = "Kafka failed, see `rekindle status`: " + e.getMessage();
    } else if (e instanceof IOException) {
      sentence = e.getMessage() + " (" + e.getClass().getSimpleName() + ")";
    } else {
      throw e;
    }
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText("rekindle: " + sentence).toString());
    return exitCode;
  }

  /** The version of the jar, or a note that this is a development build. */
  static final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Rekindle.class.getPackage().getImplementationVersion();
      return new String[] {"rekindle " + (version == null ? "(development build)" : version)};
    }
  }
}
