package io.rekindle.bench;

import io.rekindle.bench.sandbox.KafkaSandbox;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.JobSettings;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Measures the throughput of the job, and of one thread that only parses its input. */
final class Throughput {

  private static final int SHOWN_METHODS = 25;

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
   * @param profile the file of the job's recording; null for no recording
   */
  void measure(
      int changes, int users, JobSettings.StateBackend state, int parallelism, Path profile)
      throws IOException, InterruptedException {
    ChangeStream stream = new ChangeStream(Topics.standard(), users, changes);
    List<Measurement> limit;
    List<Measurement> job;
    AtomicLong bytes = new AtomicLong();
    try (Progress progress = Progress.onStandardError();
        KafkaSandbox kafka = KafkaSandbox.start(progress)) {
      preload(kafka.login(), stream, bytes, progress);
      progress.step("parsing only, with one thread");
      limit =
          measure(
              new JavaProcess(KafkaSandbox.jobClassPath(), DecodingLimit.class, kafka.directory()),
              List.of(kafka.login().bootstrap(), kafka.login().tls().toString()));
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
                  JobSettings.KAFKA_BOOTSTRAP_SERVERS.argument(),
                  kafka.login().bootstrap(),
                  JobSettings.KAFKA_TLS.argument(),
                  kafka.login().tls().toString(),
                  // The job requires a database, although this graph has no sink.
                  JobSettings.DATABASE_URL.argument(),
                  "jdbc:postgresql:unused",
                  JobSettings.CHECKPOINT_DIRECTORY.argument(),
                  kafka.directory().resolve("checkpoints").toUri().toString(),
                  JobSettings.STATE_BACKEND.argument(),
                  state.toString(),
                  JobSettings.PARALLELISM.argument(),
                  Integer.toString(parallelism)));
    }
    out.printf(
        Locale.ROOT,
        "%,d changes of %,d users, %.2f KB each; state %s, parallelism %d%n",
        stream.changes(),
        users,
        bytes.get() / 1e3 / stream.changes(),
        state.toString(),
        parallelism);
    print("job, just started", job.get(0));
    print("job, warm", job.get(Measurement.RUNS - 1));
    print("parsing only, just started", limit.get(0));
    print("parsing only, warm", limit.get(Measurement.RUNS - 1));
    if (profile != null) {
      Profile.topMethods(profile, SHOWN_METHODS).forEach(out::println);
    }
  }

  private static void preload(
      KafkaLogin kafka, ChangeStream stream, AtomicLong bytes, Progress progress)
      throws InterruptedException {
    try (AdminClient admin = AdminClient.create(kafka.settings())) {
      Topics.standard().create(admin);
    }
    Map<String, Object> settings =
        kafka.settings(
            Map.of("linger.ms", "20", "batch.size", "262144", "buffer.memory", "134217728"));
    AtomicReference<Exception> failure = new AtomicReference<>();
    AtomicLong sent = new AtomicLong();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      stream.forEach(
          message -> {
            // The callback reports a failure.
            Future<?> unused =
                producer.send(
                    new ProducerRecord<>(
                        message.topic(), message.partition(), message.key(), message.value()),
                    (metadata, e) -> failure.compareAndSet(null, e));
            if (message.change()) {
              bytes.addAndGet(message.value().length());
              progress.count("filling Kafka", sent.incrementAndGet(), stream.changes());
            }
          });
    }
    if (failure.get() != null) {
      throw new Failure("Kafka cannot be filled: " + failure.get().getMessage(), failure.get());
    }
  }

  private static List<Measurement> measure(JavaProcess process, List<String> arguments)
      throws IOException, InterruptedException {
    List<Measurement> measured = new ArrayList<>();
    process.run(
        arguments,
        line -> {
          Measurement measurement = Measurement.parse(line);
          if (measurement != null) {
            measured.add(measurement);
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
