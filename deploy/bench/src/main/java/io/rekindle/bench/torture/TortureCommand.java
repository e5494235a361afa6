package io.rekindle.bench.torture;

import io.rekindle.local.cli.Subcommand;
import io.rekindle.local.terminal.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code rekindle torture}. */
@Command(
    name = "torture",
    mixinStandardHelpOptions = true,
    description = {
      "Runs random faults over a stack under a random load, and checks that nothing is wrong"
          + " afterwards.",
      "The command starts a stack on a directory that `--data` must name, and stops it at the end."
          + " It changes the shop at random. The command compares the status with the truth"
          + " meanwhile. The same seed gives the same faults and the same load."
    },
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:all checks hold", "1:something is wrong", "2:wrong usage"})
public final class TortureCommand implements Callable<Integer>, Subcommand {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The directory of the stack. There is no default, since the shop is changed.")
  private Path data;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of faults and load, by default a new one, which the log begins with.")
  private Long seed;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "600",
      description = "No fault begins after this time (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "The longest time for each check and each part of a procedure (default:"
              + " ${DEFAULT-VALUE}).")
  private int timeout;

  @Option(
      names = "--only",
      paramLabel = "FAULT",
      split = ",",
      converter = ByName.class,
      description = "Runs only these faults. Several are separated by commas.")
  private Set<Fault> only = EnumSet.allOf(Fault.class);

  @Option(names = "--list", description = "Lists the faults, and runs none.")
  private boolean list;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      for (Fault fault : Fault.values()) {
        out.printf(Locale.ROOT, "%-22s %s%n", fault, fault.description());
      }
      return 0;
    }
    if (data == null) {
      throw new ParameterException(
          spec.commandLine(), "--data is missing: name a directory whose shop may be changed");
    }
    String home = System.getProperty("rekindle.home");
    if (home == null) {
      throw new Failure("start this with the script `rekindle` of the repository");
    }
    long chosen = seed == null ? new Random().nextInt(1_000_000) : seed;
    TortureLog log = new TortureLog(out, Clock.systemUTC());
    TortureStack stack =
        new TortureStack(
            Path.of(home), data.toAbsolutePath().normalize(), Duration.ofSeconds(timeout), log);
    List<String> wrong = new Torture(stack, chosen, Duration.ofSeconds(seconds), only).run();
    wrong.forEach(sentence -> log.say("WRONG %s", sentence));
    log.say("seed %d: %s", chosen, wrong.isEmpty() ? "GREEN" : "RED");
    return wrong.isEmpty() ? 0 : 1;
  }

  /** Reads a fault by the name that the log writes. */
  static final class ByName implements ITypeConverter<Fault> {

    @Override
    public Fault convert(String name) {
      for (Fault fault : Fault.values()) {
        if (fault.toString().equals(name)) {
          return fault;
        }
      }
      throw new TypeConversionException("there is no fault " + name + ": `--list` names them");
    }
  }
}
