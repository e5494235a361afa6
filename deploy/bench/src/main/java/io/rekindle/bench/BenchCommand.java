package io.rekindle.bench;

import io.rekindle.bench.sandbox.DashboardSandbox;
import io.rekindle.bench.sandbox.KafkaSandbox;
import io.rekindle.job.JobSettings;
import io.rekindle.local.cli.DataOption;
import io.rekindle.local.cli.Subcommand;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel =
        "(throughput | moments | freshness | state | dashboard | reconstruction | import"
            + " | model)",
    description = "Measures the pipeline and the dashboard on this machine.")
public final class BenchCommand implements Runnable, Subcommand {

  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration SATURATED = Duration.ofSeconds(20);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "throughput",
      mixinStandardHelpOptions = true,
      description = {
        "Measures the job's throughput.",
        "The command fills a Kafka broker of its own with order changes in Debezium's form, and"
            + " runs the job's graph over them without sinks. It prints changes per second and"
            + " processor time per change. The numbers of one thread that only parses the changes"
            + " stand beside them. Each is measured twice: in a new JVM, and again when its code is"
            + " compiled. The last run ends with a checkpoint."
      })
  int throughput(
      // Every command takes --data. This one works in a directory of its own.
      @Mixin DataOption unused,
      @Option(
              names = "--changes",
              paramLabel = "N",
              defaultValue = "3000000",
              description = "The number of order changes (default: ${DEFAULT-VALUE}).")
          int changes,
      @Option(
              names = "--users",
              paramLabel = "N",
              defaultValue = "100000",
              description = "The number of users who order (default: ${DEFAULT-VALUE}).")
          int users,
      @Option(
              names = "--state",
              paramLabel = "BACKEND",
              defaultValue = "hashmap",
              description =
                  "The state backend: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          JobSettings.StateBackend state,
      @Option(
              names = "--timers",
              paramLabel = "PLACE",
              defaultValue = "rocksdb",
              description =
                  "The place of RocksDB's timers: ${COMPLETION-CANDIDATES} (default:"
                      + " ${DEFAULT-VALUE}).")
          Throughput.Timers timers,
      @Option(
              names = "--parallelism",
              paramLabel = "N",
              defaultValue = "2",
              description = "The parallelism of the job (default: ${DEFAULT-VALUE}).")
          int parallelism,
      @Option(
              names = "--profile",
              paramLabel = "FILE",
              description =
                  "Records the job with the Java Flight Recorder into this file, and prints its"
                      + " hottest methods.")
          Path profile)
      throws IOException, InterruptedException {
    new Throughput(spec.commandLine().getOut())
        .measure(changes, users, state, timers, parallelism, profile);
    return 0;
  }

  @Command(
      name = "moments",
      mixinStandardHelpOptions = true,
      description = {
        "Measures a moment that touches every user, with kills in the middle.",
        "The command starts Postgres, Kafka, Flink with a TaskManager of 1 GB of heap, and the job,"
            + " in a directory of their own. It writes the changes to Kafka itself, as Debezium"
            + " would. It kills the TaskManager with SIGKILL, and stops the job during a policy. At"
            + " the end it compares all scores with the orders, and fails if any differs."
      })
  int moments(
      // Every command takes --data. This one works in a directory of its own.
      @Mixin DataOption unused,
      @Option(
              names = "--moment",
              paramLabel = "NAME",
              required = true,
              description = "The moment: ${COMPLETION-CANDIDATES}.")
          Moments.Moment moment,
      @Option(
              names = "--users",
              paramLabel = "N",
              defaultValue = "250000",
              description = "The number of users (default: ${DEFAULT-VALUE}).")
          int users,
      @Option(
              names = "--orders",
              paramLabel = "N",
              defaultValue = "5000000",
              description = "The number of orders of all users (default: ${DEFAULT-VALUE}).")
          int orders,
      @Option(
              names = "--state",
              paramLabel = "BACKEND",
              defaultValue = "rocksdb",
              description =
                  "The state backend: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          JobSettings.StateBackend state)
      throws IOException, SQLException, InterruptedException {
    return Moments.measure(moment, users, orders, state, spec.commandLine().getOut()) == 0 ? 0 : 1;
  }

  @Command(
      name = "freshness",
      mixinStandardHelpOptions = true,
      description = {
        "Measures the time from a commit in the running stack's shop until its score is in"
            + " user_scores.",
        "The command commits changes at a steady rate. It adds users of its own and removes them"
            + " afterwards."
      })
  int freshness(
      @Mixin DataOption data,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "200",
              description = "The number of changes per second (default: ${DEFAULT-VALUE}).")
          int rate,
      @Option(
              names = "--seconds",
              paramLabel = "N",
              defaultValue = "60",
              description = "The length of the measurement in seconds (default: ${DEFAULT-VALUE}).")
          int seconds)
      throws SQLException, InterruptedException, ExecutionException {
    if (rate < 1 || seconds < 1) {
      throw new Failure("--rate and --seconds are at least 1", 2);
    }
    StackInfo stack = StackInfo.read(data.path());
    PGSimpleDataSource database = stack.ownerDatabase();
    Percentiles times;
    try (Progress progress = Progress.onStandardError()) {
      times =
          new Percentiles(
              new Freshness(database, progress).measure(rate, Duration.ofSeconds(seconds)));
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%,d changes, %.1f a second: commit to visible score p50 %d ms, p99 %d ms, at most %d"
                + " ms (looked for every %d ms)%n",
            times.count(),
            (double) times.count() / seconds,
            times.at(50) / 1_000_000,
            times.at(99) / 1_000_000,
            times.at(100) / 1_000_000,
            Freshness.POLL.toMillis());
    return 0;
  }

  @Command(
      name = "state",
      mixinStandardHelpOptions = true,
      description = "Prints the size of a user's state in the form of the job's serializer.")
  int state(@Mixin DataOption unused) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    new JavaProcess(KafkaSandbox.jobClassPath(), StateSizes.class, null)
        .run(List.of("1", "20", "100", "1000"), out::println);
    return 0;
  }

  @Command(
      name = "dashboard",
      mixinStandardHelpOptions = true,
      description = {
        "Measures the dashboard over a large shop.",
        "The command starts Postgres and the dashboard in a directory of their own and fills the"
            + " database with a large shop. The directory is kept for later runs. Viewers then open"
            + " lists, searches, clients, statistics and pages. The command prints the time per"
            + " kind of answer, and the throughput without pauses. It also prints the time of a"
            + " policy preview, and the start time and memory of the dashboard."
      })
  int dashboard(
      // Every command takes --data. This one works in a directory of its own.
      @Mixin DataOption unused,
      @Option(
              names = "--directory",
              paramLabel = "DIR",
              required = true,
              description = "The directory of the large shop, which takes about 8 GB by default.")
          Path directory,
      @Option(
              names = "--users",
              paramLabel = "N",
              defaultValue = "1000000",
              description =
                  "The number of users, with 10 orders and 5 score changes each (default:"
                      + " ${DEFAULT-VALUE}).")
          int users,
      @Option(
              names = "--viewers",
              paramLabel = "N",
              defaultValue = "20",
              description = "The number of viewers at once (default: ${DEFAULT-VALUE}).")
          int people,
      @Option(
              names = "--seconds",
              paramLabel = "N",
              defaultValue = "60",
              description =
                  "The length of the measurement in seconds; 0 only fills the database (default:"
                      + " ${DEFAULT-VALUE}).")
          int seconds,
      @Option(
              names = "--pause",
              paramLabel = "SECONDS",
              defaultValue = "1.5",
              description =
                  "The average time of a viewer on a page of 3 requests (default:"
                      + " ${DEFAULT-VALUE}).")
          double pause)
      throws SQLException, IOException, InterruptedException, ExecutionException {
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onStandardError();
        DashboardSandbox sandbox = DashboardSandbox.start(directory, progress)) {
      long begin = System.nanoTime();
      if (LargeShop.ensure(sandbox.owner(), users, progress)) {
        out.printf(Locale.ROOT, "filled in %,.0f s%n", (System.nanoTime() - begin) / 1e9);
        out.flush();
      }
      if (seconds == 0) {
        return 0;
      }
      progress.step("starting the dashboard");
      Duration start = sandbox.startDashboard();
      Viewers viewers = DashboardViews.of(sandbox.url(), sandbox.administrator(), users);
      progress.step("counting everybody for the first time");
      for (String statistic : DashboardViews.COUNTED_AT_FIRST) {
        viewers.awaitStatistic(statistic);
      }
      StoredReconstruction.await(sandbox.owner(), progress);
      progress.step("%d viewers warm up".formatted(people));
      viewers.measure(people, Duration.ZERO, WARM_UP);
      progress.step("%d viewers look".formatted(people));
      Duration meanPause = Duration.ofNanos((long) (pause * 1e9));
      Viewers.Measured paced = viewers.measure(people, meanPause, Duration.ofSeconds(seconds));
      progress.step("%d viewers look without a pause".formatted(people));
      Viewers.Measured saturated = viewers.measure(people, Duration.ZERO, SATURATED);
      long resident = sandbox.residentBytes();
      Duration preview = viewers.preview(ScoringPolicy.builtIn("document-v1").json(), progress);
      paced.byKind().forEach((kind, times) -> print(out, kind, times));
      out.printf(
          Locale.ROOT,
          "%d viewers, each a page of %d requests, then a pause of %s s on average (--pause;"
              + " exponential, seed %d): %.0f answers/s%n",
          people,
          Viewers.REQUESTS_OF_A_PAGE,
          pause,
          Viewers.SEED,
          paced.answersPerSecond());
      print(out, "all", paced.all());
      out.printf(
          Locale.ROOT,
          "the same without a pause, which is throughput: %.0f answers/s%n",
          saturated.answersPerSecond());
      print(out, "all", saturated.all());
      out.printf(
          Locale.ROOT,
          "policy preview over all clients: %.1f s%nthe dashboard, from its process' start to the"
              + " first answer about its health: %.2f s; it took %d MB, at most %d MB with the"
              + " preview%n",
          preview.toMillis() / 1e3,
          start.toMillis() / 1e3,
          resident >> 20,
          sandbox.peakResidentBytes() >> 20);
    }
    return 0;
  }

  @Command(
      name = "reconstruction",
      mixinStandardHelpOptions = true,
      description =
          "Measures how long one thread computes the past of a made-up shop, without a database.")
  int reconstruction(
      // Every command takes --data. This one needs no directory.
      @Mixin DataOption unused,
      @Option(
              names = "--users",
              paramLabel = "N",
              defaultValue = "1000000",
              description = "The number of users (default: ${DEFAULT-VALUE}).")
          int users,
      @Option(
              names = "--orders-each",
              paramLabel = "N",
              defaultValue = "15",
              description =
                  "About the average number of orders of a user (default: ${DEFAULT-VALUE}).")
          int ordersEach,
      @Option(
              names = "--shop",
              paramLabel = "DIR",
              description =
                  "Also measures how long the dashboard takes to store the past of a large shop in"
                      + " this directory, as that of `bench dashboard`.")
          Path shop)
      throws SQLException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ReconstructionCost.measure(users, ordersEach, out);
    if (shop != null) {
      try (Progress progress = Progress.onStandardError()) {
        StoredReconstruction.measure(shop, users, progress, out);
      }
    }
    return 0;
  }

  @Command(
      name = "experiments",
      mixinStandardHelpOptions = true,
      description = {
        "Simulates experiments that are looked at every day.",
        "The command prints how often the intervals of the experiments page raise a false alarm or"
            + " miss the truth, and how well the planner foretells the day of the answer. Clients"
            + " spend as those of a real shop did. It needs no database."
      })
  int experiments(
      // Every command takes --data. This one needs no directory.
      @Mixin DataOption unused,
      @Option(
              names = "--runs",
              paramLabel = "N",
              defaultValue = "2000",
              description = "The number of experiments of each kind (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(
              names = "--seed",
              paramLabel = "N",
              defaultValue = "19",
              description = "The seed of all random numbers (default: ${DEFAULT-VALUE}).")
          long seed) {
    if (runs < 1) {
      throw new Failure("--runs is at least 1", 2);
    }
    ExperimentReport.print(runs, seed, spec.commandLine().getOut());
    return 0;
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Measures the import of a file of orders.",
        "The command starts Postgres in a directory of its own and makes up the file. It prints rows"
            + " per second and the memory of the import, which has 512 MB, and compares the stored"
            + " orders with the file."
      })
  int importing(
      // Every command takes --data. This one works in a directory of its own.
      @Mixin DataOption unused,
      @Option(
              names = "--directory",
              paramLabel = "DIR",
              required = true,
              description =
                  "The directory of the database and the file, of which ten million orders take"
                      + " about 8 GB.")
          Path directory,
      @Option(
              names = "--orders",
              paramLabel = "N",
              defaultValue = "10000000",
              description = "The number of orders (default: ${DEFAULT-VALUE}).")
          int orders,
      @Option(
              names = "--form",
              paramLabel = "FORM",
              defaultValue = "rekindle",
              description =
                  "The form of the file: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
          ImportCost.Form form)
      throws IOException, SQLException, InterruptedException {
    if (orders < 1) {
      throw new Failure("--orders is at least 1", 2);
    }
    try (Progress progress = Progress.onStandardError()) {
      ImportCost.measure(directory, form, orders, progress, spec.commandLine().getOut());
    }
    return 0;
  }

  @Command(
      name = "model",
      mixinStandardHelpOptions = true,
      description = {
        "Tries a server of chat completions.",
        "The command has a model write emails to invented clients, by the writer and the checks of"
            + " the job. It prints each answer of the server, how requests had to be put, and what"
            + " a text failed at. It needs no stack, and costs what the model costs. The key is in"
            + " REKINDLE_LLM_API_KEY; a server that asks for none gets any."
      },
      exitCodeListHeading = "Exit code:%n",
      exitCodeList = {"0:the model wrote at least one email", "1:it wrote none"})
  int model(
      // Every command takes --data. This one needs no directory.
      @Mixin DataOption unused,
      @Option(
              names = "--url",
              paramLabel = "URL",
              required = true,
              description = "The base URL of the API, to which /chat/completions is appended.")
          String url,
      @Option(
              names = "--model",
              paramLabel = "NAME",
              required = true,
              description = "The API's name of the model.")
          String model,
      @Option(
              names = "--emails",
              paramLabel = "N",
              defaultValue = "3",
              description = "The number of emails (default: ${DEFAULT-VALUE}).")
          int emails,
      @Option(
              names = "--max-tokens",
              paramLabel = "N",
              defaultValue = "1200",
              description =
                  "The limit on the tokens of a first answer; a second one may take four times as"
                      + " many (default: ${DEFAULT-VALUE}).")
          int maxTokens) {
    if (emails < 1 || maxTokens < 1) {
      throw new Failure("--emails and --max-tokens are at least 1", 2);
    }
    String key = System.getenv().getOrDefault("REKINDLE_LLM_API_KEY", "none");
    int written =
        new ModelTrial(url, model, key, maxTokens, spec.commandLine().getOut()).write(emails);
    return written > 0 ? 0 : 1;
  }

  private static void print(PrintWriter out, String kind, Percentiles nanos) {
    out.printf(
        Locale.ROOT,
        "%-34s %,7d answers  p50 %5.0f ms  p99 %5.0f ms  at most %5.0f ms%n",
        kind,
        nanos.count(),
        nanos.at(50) / 1e6,
        nanos.at(99) / 1e6,
        nanos.at(100) / 1e6);
  }
}
