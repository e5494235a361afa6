package io.rekindle.bench;

import io.rekindle.bench.sandbox.KafkaSandbox;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.JobSettings;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/** Measures the throughput of the job, and of one thread that only parses its input. */
final class Throughput {

  private static final int SHOWN_METHODS = 25;

  /** The places of RocksDB's timers. The heap backend has its timers on the heap. */
  enum Timers {
    /** With the state. */
    ROCKSDB,
    /** On the heap, from where each checkpoint writes all of them while the task waits. */
    HEAP;

    /** The name in lower case, as on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final PrintWriter out;

  /**
   * @param out receives the results
   */
  Throughput(PrintWriter out) {
    this.out = out;
  }

  /**
   * Fills a broker with changes, measures both programs, and prints the results.
   *
   * @param timers the place of RocksDB's timers
   * @param profile the file of the job's recording; null for no recording
   */
  void measure(
      int changes,
      int users,
      JobSettings.StateBackend state,
      Timers timers,
      int parallelism,
      Path profile)
      throws IOException, InterruptedException {
    ChangeStream stream = new ChangeStream(Topics.standard(), users, changes);
    List<Measurement> limit;
    List<Measurement> job;
    AtomicReference<CheckpointCost> checkpoint = new AtomicReference<>();
    long bytes;
    try (Progress progress = Progress.onStandardError();
        KafkaSandbox kafka = KafkaSandbox.start(progress)) {
      try (KafkaFiller filler = new KafkaFiller(kafka.login())) {
        bytes = filler.fill(stream::forEach, stream.changes(), progress);
      }
      progress.step("parsing only, with one thread");
      limit =
          measure(
              new JavaProcess(KafkaSandbox.jobClassPath(), DecodingLimit.class, kafka.directory()),
              List.of(kafka.login().bootstrap(), kafka.login().tls().toString()),
              new AtomicReference<>());
      progress.step("running the job");
      JavaProcess process =
          new JavaProcess(KafkaSandbox.jobClassPath(), ThroughputJob.class, kafka.directory());
      if (profile != null) {
        process.record(profile.toAbsolutePath());
      }
      job =
          measure(
              process,
              List.of(
                  Long.toString(stream.changes()),
                  Long.toString(stream.end()),
                  timers.name(),
                  JobSettings.KAFKA_BOOTSTRAP_SERVERS.argument(),
                  kafka.login().bootstrap(),
                  JobSettings.KAFKA_TLS.argument(),
                  kafka.login().tls().toString(),
                  // The job requires a database, although this graph has no sink.
                  JobSettings.DATABASE_URL.argument(),
                  "jdbc:postgresql:unused",
                  // The orders are old, and are to cost as much as new ones.
                  JobSettings.BACKFILL_QUIET_TIME.argument(),
                  "0 s",
                  JobSettings.CHECKPOINT_DIRECTORY.argument(),
                  kafka.directory().resolve("checkpoints").toUri().toString(),
                  JobSettings.STATE_BACKEND.argument(),
                  state.toString(),
                  JobSettings.PARALLELISM.argument(),
                  Integer.toString(parallelism)),
              checkpoint);
    }
    out.printf(
        Locale.ROOT,
        "%,d changes of %,d users, %.2f KB each; state %s, timers %s, parallelism %d%n",
        stream.changes(),
        users,
        bytes / 1e3 / stream.changes(),
        state.toString(),
        state == JobSettings.StateBackend.ROCKSDB ? timers : Timers.HEAP,
        parallelism);
    print("job, just started", job.get(0));
    print("job, warm", job.get(Measurement.RUNS - 1));
    out.printf(
        Locale.ROOT,
        "checkpoint of %.0f MB          %,9d ms in which a task waits, then %,d ms in the"
            + " background%n",
        checkpoint.get().bytes() / 1e6,
        checkpoint.get().syncMillis(),
        checkpoint.get().asyncMillis());
    print("parsing only, just started", limit.get(0));
    print("parsing only, warm", limit.get(Measurement.RUNS - 1));
    if (profile != null) {
      Profile.topMethods(profile, SHOWN_METHODS).forEach(out::println);
    }
  }

  private static List<Measurement> measure(
      JavaProcess process, List<String> arguments, AtomicReference<CheckpointCost> checkpoint)
      throws IOException, InterruptedException {
    List<Measurement> measured = new ArrayList<>();
    process.run(
        arguments,
        line -> {
          Measurement measurement = Measurement.parse(line);
          if (measurement != null) {
            measured.add(measurement);
          }
          CheckpointCost cost = CheckpointCost.parse(line);
          if (cost != null) {
            checkpoint.set(cost);
          }
        });
    return measured;
  }

  private void print(String what, Measurement measurement) {
    out.printf(
        Locale.ROOT,
        "%-27s %,9.0f changes/s  %6.2f µs CPU/change  %,d results in %.1f s%n",
        what,
        measurement.changesPerSecond(),
        measurement.cpuMicrosPerChange(),
        measurement.results(),
        measurement.nanos() / 1e9);
  }
}
