package io.rekindle.local.stack;

import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Connector;
import io.rekindle.local.stack.StackStatus.Health;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.local.stack.StackStatus.Partition;
import io.rekindle.platform.rest.FlinkRest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known while the scores stand still: all parts between a commit in the database and its
 * score, and how far each partition has come.
 *
 * @param connector unhealthy without a state if Kafka Connect did not answer
 * @param tails what Kafka has of each partition
 * @param now the database's clock, or this machine's if the database did not answer
 */
record Standstill(
    Component postgres,
    Component kafka,
    Component connect,
    Connector connector,
    Answer<DatabaseProgress> database,
    Component jobManager,
    Component taskManager,
    Job job,
    PartitionWatermarks watermarks,
    Answer<KafkaTails> tails,
    Instant now) {

  /** The age of the scores at which time stands still. It is usually some hundred milliseconds. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * Returns what keeps time from moving, as far as there is evidence for it: the first part on the
   * way from a commit to its score that is certainly down, or else the partition that is behind and
   * the side on which it waits. A part that does not answer is named and not blamed.
   */
  String reason() {
    String silence = silence();
    return broken()
        .or(() -> behind().map(text -> silence.isEmpty() ? text : text + ". Besides, " + silence))
        .orElseGet(
            () ->
                "the cause is not known"
                    + (silence.isEmpty()
                        ? ": the job has not said how far it has read"
                        : ": " + silence));
  }

  private Optional<String> broken() {
    return down("Postgres", postgres)
        .or(() -> down("Kafka", kafka))
        .or(() -> down("Kafka Connect", connect))
        .or(this::brokenConnector)
        .or(
            () ->
                database.given() && !Boolean.TRUE.equals(database.value().slotActive())
                    ? Optional.of(
                        "nothing reads from the replication slot " + DatabaseProgress.SLOT)
                    : Optional.empty())
        .or(() -> down("Flink's JobManager", jobManager))
        .or(() -> down("Flink's TaskManager", taskManager))
        .or(
            () ->
                jobManager.healthy() && !job.healthy()
                    ? Optional.of("the job is %s: %s".formatted(job.state(), job.trouble()))
                    : Optional.empty());
  }

  private static Optional<String> down(String title, Component part) {
    return part.state() == Health.DOWN
        ? Optional.of(title + ": " + part.trouble())
        : Optional.empty();
  }

  private Optional<String> brokenConnector() {
    if (connector.healthy() || !connect.healthy()) {
      return Optional.empty();
    }
    String trouble = connector.trouble() == null ? "" : ": " + connector.trouble();
    return Optional.of(
        connector.state() == null
            ? "the connector is " + connector.trouble()
            : "the connector is %s and its task %s%s"
                .formatted(connector.state(), connector.task(), trouble));
  }

  private Optional<String> behind() {
    List<Partition> all = watermarks.partitions();
    List<Partition> late = all.stream().filter(this::isLate).toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Partition slowest = watermarks.slowest().orElseThrow();
    if (late.isEmpty()) {
      return Optional.of(
          "the job has read every partition up to %s and has not stored the scores: it or the database is busy"
              .formatted(slowest.watermark()));
    }
    String name = "partition %d of %s".formatted(slowest.partition(), slowest.topic());
    String since =
        slowest.watermark() == null
            ? "no tick has come in " + name
            : "%s is complete up to %s only, %d s ago"
                .formatted(
                    name,
                    slowest.watermark(),
                    Duration.between(Instant.parse(slowest.watermark()), now).toSeconds());
    String others =
        late.size() == 1
            ? ", while the other %d are up to date".formatted(all.size() - 1)
            : late.size() == all.size()
                ? ", and no other partition is up to date"
                : ", and %d of %d partitions are late".formatted(late.size(), all.size());
    return Optional.of(since + others + side(slowest, late.size() == all.size()));
  }

  private boolean isLate(Partition partition) {
    return partition.watermark() == null
        || Instant.parse(partition.watermark()).isBefore(now.minus(LIMIT));
  }

  /** Whether Kafka waits for capture, or the job has not read what Kafka has. */
  private String side(Partition slowest, boolean all) {
    if (tails == null || !tails.given()) {
      return "";
    }
    Instant newest =
        tails.value().newest().get(FlinkRest.partitionKey(slowest.topic(), slowest.partition()));
    if (newest != null && newest.isAfter(now.minus(LIMIT))) {
      return ". Kafka has newer records of it, which the job has not read";
    }
    String lag =
        database.given() && database.value().lagBytes() != null
            ? String.format(Locale.ROOT, " (%,d bytes to confirm)", database.value().lagBytes())
            : "";
    return ". Kafka got its newest record "
        + (newest == null ? "never" : "at " + newest)
        + (all
            ? ": capture is behind" + lag
            : ": look at its row in engagement.clock and at its broker");
  }

  private String silence() {
    return Stream.of(
            silent("Postgres", postgres),
            silent("Kafka", kafka),
            silent("Kafka Connect", connect),
            silent("Flink's JobManager", jobManager))
        .flatMap(Optional::stream)
        .collect(Collectors.joining("; "));
  }

  private static Optional<String> silent(String title, Component part) {
    return part.state() == Health.SILENT
        ? Optional.of(title + " gave " + part.trouble())
        : Optional.empty();
  }
}
