package io.rekindle.dashboard.pipeline;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.pipeline.PipelineStatus.Capture;
import io.rekindle.dashboard.pipeline.PipelineStatus.DeadLetters;
import io.rekindle.dashboard.pipeline.PipelineStatus.Holder;
import io.rekindle.dashboard.pipeline.PipelineStatus.Job;
import io.rekindle.dashboard.pipeline.PipelineStatus.Partition;
import io.rekindle.dashboard.pipeline.PipelineStatus.Subtask;
import io.rekindle.dashboard.reconstruction.ReconstructionQuery;
import io.rekindle.platform.rest.FlinkRest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.jdbi.v3.core.Handle;

/**
 * Finds out the state of the pipeline, and the stage that holds it. The database is asked at once.
 * Flink and Kafka may be slow: they are asked in the background while the status is read.
 * Thread-safe.
 */
public final class PipelineService implements AutoCloseable {

  /** A heartbeat comes twice a second; scores follow within a second or two. */
  static final Duration STALL_AFTER = Duration.ofSeconds(15);

  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration INTEREST_TIMEOUT = Duration.ofSeconds(30);

  /** Counting takes a connection to Kafka, and dead letters are rare. */
  private static final int ROUNDS_PER_COUNT = 5;

  private final Snapshots snapshots;
  private final String slot;
  private final Topics topics;
  private final JobProbe flink;
  private final DeadLetterStore letters;
  private final ReconstructionQuery reconstruction;
  private final BackgroundLoop loop;
  private volatile long askedAt = System.nanoTime() - INTEREST_TIMEOUT.toNanos();
  private volatile ExternalStatus external;
  private int round;

  /** The newest heartbeat that a partition has brought to the job. */
  private record Beat(String topic, int partition, Instant beat) {

    String partitionKey() {
      return FlinkRest.partitionKey(topic, partition);
    }
  }

  /** The last answers of Flink and Kafka. */
  private record ExternalStatus(Job job, Map<String, Instant> readUntil, DeadLetters deadLetters) {}

  /**
   * Creates the service.
   *
   * @param flinkUrl of Flink's REST API; null if it is not to be asked
   * @param letters null if Kafka is not to be asked
   */
  public PipelineService(
      Snapshots snapshots,
      String slot,
      String topicPrefix,
      URI flinkUrl,
      DeadLetterStore letters,
      ReconstructionQuery reconstruction) {
    this.snapshots = snapshots;
    this.slot = slot;
    this.topics = Topics.standard().withPrefix(topicPrefix);
    this.flink = flinkUrl == null ? null : new JobProbe(flinkUrl);
    this.letters = letters;
    this.reconstruction = reconstruction;
    this.external =
        new ExternalStatus(
            flink == null ? null : Job.absent("UNKNOWN", "Not asked yet.", Instant.EPOCH),
            Map.of(),
            letters == null ? null : new DeadLetters(letters.topic(), null, "Not asked yet."));
    this.loop = new BackgroundLoop("pipeline", ROUND, this::pollFlinkAndKafka);
  }

  public void start() {
    if (flink != null || letters != null) {
      loop.start();
    }
  }

  /** The pipeline as it is now; what Flink and Kafka say may be some seconds old. */
  public PipelineStatus status() {
    askedAt = System.nanoTime();
    ExternalStatus known = external;
    return snapshots.read(
        handle -> {
          PipelineProgress scored = ProgressQuery.read(handle);
          List<Subtask> subtasks = subtasks(handle);
          Capture capture = capture(handle);
          List<Partition> partitions = partitions(handle, known);
          boolean moving =
              scored.ageMillis() != null && scored.ageMillis() < STALL_AFTER.toMillis();
          Holder holder =
              moving ? Holder.NONE : holder(scored, capture, known.job(), partitions, subtasks);
          return new PipelineStatus(
              scored.scoredUntil(),
              scored.ageMillis(),
              scored.writtenAt(),
              moving,
              holder,
              explanation(holder, capture, known.job(), partitions, subtasks),
              subtasks,
              capture,
              partitions,
              known.job(),
              known.deadLetters(),
              reconstruction.read(handle));
        });
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean pollFlinkAndKafka() throws InterruptedException {
    if (System.nanoTime() - askedAt > INTEREST_TIMEOUT.toNanos()) {
      return true;
    }
    JobProbe.JobReport answer =
        flink == null ? new JobProbe.JobReport(null, Map.of()) : flink.ask();
    DeadLetters counted = external.deadLetters();
    if (letters != null && (counted.count() == null || round % ROUNDS_PER_COUNT == 0)) {
      try {
        counted = new DeadLetters(letters.topic(), letters.count(), null);
      } catch (KafkaException e) {
        counted = new DeadLetters(letters.topic(), null, "Kafka does not answer.");
      }
    }
    round++;
    external = new ExternalStatus(answer.job(), answer.readUntil(), counted);
    return true;
  }

  private static List<Subtask> subtasks(Handle handle) {
    return handle
        .createQuery(
            """
            with newest as (
              select parallelism from engagement.pipeline_progress order by written_at desc limit 1)
            select subtask, watermark, written_at
            from engagement.pipeline_progress p join newest using (parallelism)
            where subtask < p.parallelism order by subtask
            """)
        .mapTo(Subtask.class)
        .list();
  }

  private Capture capture(Handle handle) {
    return handle
        .createQuery(
            """
            select :slot as slot, s.active,
                   pg_wal_lsn_diff(pg_current_wal_insert_lsn(), s.confirmed_flush_lsn)::bigint
                     as lag_bytes,
                   c.beat as last_beat,
                   floor(extract(epoch from clock_timestamp() - c.beat) * 1000)::bigint
                     as beat_age_millis
            from (select max(beat) as beat from engagement.clock) as c
            left join pg_replication_slots s on s.slot_name = :slot
            """)
        .bind("slot", slot)
        .mapTo(Capture.class)
        .one();
  }

  private List<Partition> partitions(Handle handle, ExternalStatus known) {
    Map<String, Instant> beats =
        handle
            .createQuery("select topic, partition, beat from engagement.clock")
            .mapTo(Beat.class)
            .collect(Collectors.toMap(Beat::partitionKey, Beat::beat));
    return topics.captured().stream().flatMap(topic -> partitions(topic, beats, known)).toList();
  }

  private static Stream<Partition> partitions(
      Topic topic, Map<String, Instant> beats, ExternalStatus known) {
    return IntStream.range(0, topic.partitions())
        .mapToObj(
            number -> {
              String key = FlinkRest.partitionKey(topic.name(), number);
              return new Partition(
                  topic.name(), number, beats.get(key), known.readUntil().get(key));
            });
  }

  private static Holder holder(
      PipelineProgress scored,
      Capture capture,
      Job job,
      List<Partition> partitions,
      List<Subtask> subtasks) {
    boolean captures =
        !Boolean.FALSE.equals(capture.active())
            && capture.active() != null
            && capture.beatAgeMillis() != null
            && capture.beatAgeMillis() < STALL_AFTER.toMillis();
    if (!captures) {
      return Holder.CAPTURE;
    }
    if (job != null && !job.state().equals("RUNNING") && !job.state().equals("UNKNOWN")) {
      return Holder.JOB;
    }
    if (job != null && job.totalTasks() > 0 && job.runningTasks() < job.totalTasks()) {
      return Holder.JOB;
    }
    if (PipelineStatus.behind(partitions) != null) {
      return Holder.PARTITION;
    }
    if (scored.scoredUntil() == null && subtasks.isEmpty()) {
      return Holder.NOTHING_YET;
    }
    return Holder.SUBTASK;
  }

  private static String explanation(
      Holder holder, Capture capture, Job job, List<Partition> partitions, List<Subtask> subtasks) {
    return switch (holder) {
      case NONE -> null;
      case CAPTURE ->
          capture.active() == null
              ? "There is no replication slot " + capture.slot() + ": the connector never ran."
              : !capture.active()
                  ? "The connector is not connected to the database."
                  : "The connector has not moved the clock since " + capture.lastBeat() + ".";
      case JOB ->
          "The job is " + job.state() + (job.trouble() == null ? "." : ": " + job.trouble());
      case PARTITION -> {
        Partition behind = PipelineStatus.behind(partitions);
        yield "Partition %d of %s has been read up to %s."
            .formatted(
                behind.partition(),
                behind.topic(),
                behind.readUntil() == null ? "nowhere" : behind.readUntil());
      }
      case SUBTASK -> {
        Subtask behind = PipelineStatus.slowest(subtasks);
        yield behind == null
            ? "The job has stored nothing."
            : "Subtask %d of the job has stored results up to %s; last report at %s."
                .formatted(behind.subtask(), behind.watermark(), behind.writtenAt());
      }
      case NOTHING_YET -> "The job has not stored anything yet.";
    };
  }
}
