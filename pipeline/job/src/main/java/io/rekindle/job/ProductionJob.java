package io.rekindle.job;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.flink.CdcRecordDeserializer;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.job.JobSettings.Results;
import io.rekindle.job.outreach.DecisionJson;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.sink.DatabaseSink;
import io.rekindle.job.sink.ScoreChangeJson;
import io.rekindle.job.source.CompleteSource;
import io.rekindle.job.source.EarliestOrFail;
import io.rekindle.job.source.PolicyValidatingDeserializer;
import io.rekindle.job.writing.DecisionDeserializationSchema;
import io.rekindle.job.writing.WriteEmails;
import io.rekindle.job.writing.WriterSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The graph between Kafka and Postgres, by the settings. */
public final class ProductionJob {

  /**
   * The interval of watermarks. It and the next constant add to the time from a commit to its
   * score.
   */
  private static final Duration WATERMARK_INTERVAL = Duration.ofMillis(50);

  /** The longest wait of a record in a half-empty network buffer. */
  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(10);

  /** Long enough for a checkpoint that waits for an absent database. */
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(15);

  /** A consumer waits for a deleted topic without an error, so the source looks for it. */
  private static final Duration TOPIC_CHECK_INTERVAL = Duration.ofSeconds(5);

  private static final int TOLERABLE_FAILED_CHECKPOINTS = 5;

  private ProductionJob() {}

  static void submit(JobSettings settings) throws Exception {
    Topics topics = new PartitionCheck(settings).existingTopics(standardTopics(settings));
    environment(settings, topics).execute(RekindleJob.name(settings));
  }

  /**
   * Returns an environment with the whole job, not yet submitted.
   *
   * @param topics the topics with their numbers of partitions in Kafka
   */
  static StreamExecutionEnvironment environment(JobSettings settings, Topics topics) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration(settings));
    EngagementGraph.define(
        env,
        sources(settings, topics, env.getParallelism()),
        sinks(settings, topics),
        settings.get(JobSettings.TIME_COMMIT_SKEW),
        settings.get(JobSettings.STATE_TOMBSTONE_RETENTION),
        settings.get(JobSettings.BACKFILL_QUIET_TIME));
    settings
        .writer(database(settings))
        .ifPresent(writer -> defineWriting(env, settings, topics, writer));
    return env;
  }

  private static void defineWriting(
      StreamExecutionEnvironment env, JobSettings settings, Topics topics, WriterSettings writer) {
    Topic requests = topics.outreach();
    int parallelism = Math.min(env.getParallelism(), requests.partitions());
    WritingGraph.define(
        env,
        source(
            settings,
            "requests",
            List.of(requests),
            new DecisionDeserializationSchema(),
            // A request that retention has deleted is late, and must not stop the job.
            OffsetsInitializer.earliest(),
            Optional.empty()),
        new WriteEmails(writer),
        deadLetters(settings, topics),
        parallelism,
        writer.capacity(parallelism));
  }

  static Topics standardTopics(JobSettings settings) {
    return Topics.standard().withPrefix(settings.get(JobSettings.KAFKA_TOPIC_PREFIX));
  }

  /** Returns Flink's configuration, so that the job runs in the same way on any cluster. */
  public static Configuration configuration(JobSettings settings) {
    Configuration flink = new Configuration();
    flink.set(PipelineOptions.NAME, RekindleJob.name(settings));
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.MAX_PARALLELISM, settings.get(JobSettings.MAX_PARALLELISM));
    flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, WATERMARK_INTERVAL);
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
    settings
        .get(JobSettings.PARALLELISM)
        .ifPresent(p -> flink.set(CoreOptions.DEFAULT_PARALLELISM, p));

    flink.set(
        StateBackendOptions.STATE_BACKEND,
        settings.get(JobSettings.STATE_BACKEND).name().toLowerCase(Locale.ROOT));
    // A checkpoint writes heap timers synchronously and in full, and RocksDB's incrementally.
    flink.setString("state.backend.rocksdb.timer-service.factory", "ROCKSDB");
    // Every change reads and writes the upper two levels. Most data is below them.
    flink.setString(
        "state.backend.rocksdb.compression.per.level",
        "NO_COMPRESSION;NO_COMPRESSION;SNAPPY_COMPRESSION");
    flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);

    flink.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.get(JobSettings.CHECKPOINT_INTERVAL));
    flink.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    flink.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT);
    flink.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, TOLERABLE_FAILED_CHECKPOINTS);
    flink.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, settings.get(JobSettings.CHECKPOINT_DIRECTORY));
    Optional<String> savepoints = settings.get(JobSettings.SAVEPOINT_DIRECTORY);
    savepoints.ifPresent(
        directory -> flink.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, directory));

    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        settings.get(JobSettings.RESTART_INITIAL_DELAY));
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        settings.get(JobSettings.RESTART_MAX_DELAY));
    flink.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        settings.get(JobSettings.RESTART_RESET_AFTER));
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    return flink;
  }

  /**
   * Returns sources of the captured topics, from their beginning or the restored position.
   *
   * @param topics the topics with their numbers of partitions in Kafka
   */
  public static EngagementGraph.Sources sources(
      JobSettings settings, Topics topics, int parallelism) {
    int partitions = topics.changes().stream().mapToInt(Topic::partitions).min().orElseThrow();
    return new EngagementGraph.Sources(
        completeSource(settings, "changes", topics.changes(), CdcRecordDeserializer.ofChanges()),
        completeSource(
            settings, "rule-changes", topics.ruleChanges(), new PolicyValidatingDeserializer()),
        Math.min(parallelism, partitions));
  }

  private static <T> CompleteSource<CdcRecord<T>, ?, ?> completeSource(
      JobSettings settings,
      String client,
      List<Topic> topics,
      KafkaRecordDeserializationSchema<CdcRecord<T>> deserializer) {
    return CompleteSource.of(
        source(
            settings,
            client,
            topics,
            deserializer,
            new EarliestOrFail(),
            Optional.of(TOPIC_CHECK_INTERVAL)));
  }

  /**
   * A source of the partitions that exist when the job starts.
   *
   * @param checkInterval how often it looks for its topics; empty for never
   */
  private static <T> KafkaSource<CdcRecord<T>> source(
      JobSettings settings,
      String client,
      List<Topic> topics,
      KafkaRecordDeserializationSchema<CdcRecord<T>> deserializer,
      OffsetsInitializer from,
      Optional<Duration> checkInterval) {
    return KafkaSource.<CdcRecord<T>>builder()
        .setProperties(settings.kafka().properties())
        .setGroupId(settings.get(JobSettings.KAFKA_GROUP_ID))
        .setClientIdPrefix(settings.get(JobSettings.KAFKA_GROUP_ID) + "-" + client)
        // A partition that is added later has no clock row, so it would hold time back for ever.
        .setPartitions(
            topics.stream()
                .flatMap(topic -> topic.topicPartitions().stream())
                .collect(Collectors.toUnmodifiableSet()))
        .setStartingOffsets(from)
        .setDeserializer(deserializer)
        .setProperty(
            "partition.discovery.interval.ms",
            checkInterval.map(interval -> Long.toString(interval.toMillis())).orElse("-1"))
        .setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000")
        .build();
  }

  private static EngagementGraph.Sinks sinks(JobSettings settings, Topics topics) {
    DatabaseSettings database = database(settings);
    if (settings.get(JobSettings.RESULTS) == Results.SHADOW) {
      return new EngagementGraph.Sinks(
          DatabaseSink.ofScoreUpdates(
              database, settings.get(JobSettings.BACKFILL_QUIET_TIME), new DiscardingSink<>()),
          new DiscardingSink<>(),
          DatabaseSink.ofPolicyInForce(database, new DiscardingSink<>()),
          DatabaseSink.ofDecisions(database, new DiscardingSink<>()),
          new DiscardingSink<>(),
          new DiscardingSink<>());
    }
    String scoreChanges = topics.scoreChanges().name();
    String requests = topics.outreach().name();
    Sink<DeadLetter> deadLetters = deadLetters(settings, topics);
    return new EngagementGraph.Sinks(
        DatabaseSink.ofScoreUpdates(
            database, settings.get(JobSettings.BACKFILL_QUIET_TIME), deadLetters),
        kafkaSink(
            settings,
            (update, context, timestamp) -> ScoreChangeJson.record(scoreChanges, update),
            topics.scoreChanges()),
        DatabaseSink.ofPolicyInForce(database, deadLetters),
        DatabaseSink.ofDecisions(database, deadLetters),
        kafkaSink(
            settings,
            (decision, context, timestamp) -> DecisionJson.record(requests, decision),
            topics.outreach()),
        deadLetters);
  }

  private static Sink<DeadLetter> deadLetters(JobSettings settings, Topics topics) {
    String topic = topics.deadLetters().name();
    return kafkaSink(
        settings, (letter, context, timestamp) -> letter.toRecord(topic), topics.deadLetters());
  }

  static DatabaseSettings database(JobSettings settings) {
    return new DatabaseSettings(
        settings.get(JobSettings.DATABASE_URL),
        settings.get(JobSettings.DATABASE_USER),
        settings.secret(JobSettings.DATABASE_PASSWORD).orElse(null),
        settings.get(JobSettings.SINK_FLUSH_INTERVAL),
        settings.get(JobSettings.SINK_FLUSH_ROWS),
        settings.get(JobSettings.SINK_RETRY_TIMEOUT));
  }

  private static <T> KafkaSink<T> kafkaSink(
      JobSettings settings, KafkaRecordSerializationSchema<T> serializer, Topic topic) {
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(settings.kafka().properties())
        .setRecordSerializer(serializer)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty(
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(topic.maxMessageBytes()))
        .setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
        .build();
  }
}
