package io.rekindle.connectors.flink;

import io.rekindle.connectors.cdc.Beat;
import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads Debezium's events from Kafka. A record that it cannot read becomes a dead letter, never an
 * exception.
 *
 * <p>The metrics are in the group {@code rekindle} of the source operator. The counters are {@code
 * deadLetters}, {@code ticks}, {@code truncates}, and those of records that count although
 * something about them is strange: {@code clockAhead} (the commit time is ahead of Kafka's), {@code
 * otherDatabase} (they come from another database than the first) and {@code
 * unknownCommitPositions} (the first transaction after a start of capture).
 *
 * <p>Each partition has three gauges with the labels {@code topic} and {@code partition}. The gauge
 * {@code watermark} is the newest commit time that the partition proves, in epoch milliseconds. The
 * gauge {@code watermarkLagMs} is its age by this machine's clock. Both are -1 before the first
 * commit. The gauge {@code commitBehindMs} is above 0 while commits are before the newest, because
 * the database's clock went back.
 *
 * @param <T> type of the changes
 */
public final class CdcRecordDeserializer<T>
    implements KafkaRecordDeserializationSchema<CdcRecord<T>> {

  private static final long serialVersionUID = 1L;

  private final Class<T> changeType;
  private transient ChangeDecoder decoder;
  private transient EmittingReceiver<T> receiver;

  private CdcRecordDeserializer(Class<T> changeType) {
    this.changeType = changeType;
  }

  /** Creates the deserializer of changes of single users. */
  public static CdcRecordDeserializer<Change> ofChanges() {
    return new CdcRecordDeserializer<>(Change.class);
  }

  /** Creates the deserializer of rule changes. */
  public static CdcRecordDeserializer<RuleChange> ofRuleChanges() {
    return new CdcRecordDeserializer<>(RuleChange.class);
  }

  @Override
  public void open(InitializationContext context) {
    decoder = new ChangeDecoder();
    receiver = new EmittingReceiver<>(changeType, context.getMetricGroup().addGroup("rekindle"));
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<CdcRecord<T>> collector) {
    receiver.begin(message, collector);
    decoder.decode(message, receiver);
    receiver.end();
  }

  @Override
  public TypeInformation<CdcRecord<T>> getProducedType() {
    return EventTypeInfo.ofCdcRecord(changeType);
  }

  /** Turns the decoder's findings into records of the job, and counts them. */
  private static final class EmittingReceiver<T> implements ChangeDecoder.Receiver {

    private final Class<T> changeType;
    private final MetricGroup metrics;
    private final Counter deadLetters;
    private final Counter ticks;
    private final Counter truncates;
    private final Counter clockAhead;
    private final Counter otherDatabase;
    private final Counter unknownCommitPositions;
    private final Map<TopicPartition, Progress> progressByPartition = new HashMap<>();
    private Progress progress = new Progress("", -1);
    private ConsumerRecord<byte[], byte[]> message;
    private Collector<CdcRecord<T>> collector;

    EmittingReceiver(Class<T> changeType, MetricGroup metrics) {
      this.changeType = changeType;
      this.metrics = metrics;
      this.deadLetters = metrics.counter("deadLetters");
      this.ticks = metrics.counter("ticks");
      this.truncates = metrics.counter("truncates");
      this.clockAhead = metrics.counter("clockAhead");
      this.otherDatabase = metrics.counter("otherDatabase");
      this.unknownCommitPositions = metrics.counter("unknownCommitPositions");
    }

    void begin(ConsumerRecord<byte[], byte[]> message, Collector<CdcRecord<T>> collector) {
      this.message = message;
      this.collector = collector;
      // Records come in runs of one partition, so the gauges of the last record usually fit.
      if (progress.partition != message.partition() || !progress.topic.equals(message.topic())) {
        progress =
            progressByPartition.computeIfAbsent(
                new TopicPartition(message.topic(), message.partition()), this::register);
      }
    }

    void end() {
      message = null;
      collector = null;
    }

    private Progress register(TopicPartition partition) {
      Progress registered = new Progress(partition.topic(), partition.partition());
      MetricGroup ofPartition =
          metrics
              .addGroup("topic", partition.topic())
              .addGroup("partition", Integer.toString(partition.partition()));
      ofPartition.gauge("watermark", () -> registered.newest);
      ofPartition.gauge("watermarkLagMs", registered::lagMs);
      ofPartition.gauge("commitBehindMs", registered::commitBehindMs);
      return registered;
    }

    @Override
    public void changed(Change change) {
      emit(change, change.snapshot(), change.commitTime());
    }

    @Override
    public void ruleChanged(RuleChange change) {
      emit(change, change.snapshot(), change.commitTime());
    }

    private void emit(Object change, boolean snapshot, long commitTime) {
      if (!changeType.isInstance(change)) {
        rejected(
            DeadLetterReason.UNKNOWN_TABLE,
            "Topic "
                + message.topic()
                + " carries an event of a table that belongs in another"
                + " topic: send it to the topic of its table");
        return;
      }
      long completeUntil = snapshot ? CdcRecord.COMPLETENESS_UNKNOWN : commitTime;
      progress.advance(completeUntil);
      collector.collect(CdcRecord.change(changeType.cast(change), completeUntil));
    }

    @Override
    public void ticked(long commitTime, Beat beat) {
      ticks.inc();
      if (beat == null) {
        noStateChange(commitTime);
        return;
      }
      progress.advance(commitTime);
      collector.collect(CdcRecord.tick(commitTime, beat, message));
    }

    @Override
    public void noStateChange(long commitTime) {
      progress.advance(commitTime);
      collector.collect(CdcRecord.progress(commitTime));
    }

    @Override
    public void clockAhead(long aheadMs) {
      clockAhead.inc();
    }

    @Override
    public void otherDatabase(String database) {
      otherDatabase.inc();
    }

    @Override
    public void unknownCommitPosition() {
      unknownCommitPositions.inc();
    }

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      deadLetters.inc();
      if (reason == DeadLetterReason.TRUNCATE) {
        truncates.inc();
      }
      collector.collect(CdcRecord.deadLetter(DeadLetter.of(message, reason, error)));
    }
  }

  private static final class Progress {

    private final String topic;
    private final int partition;

    /** The thread of the metric reporter reads it. */
    private volatile long newest = -1;

    /** The last proof, which is before the newest if the database's clock went back. */
    private volatile long last = -1;

    Progress(String topic, int partition) {
      this.topic = topic;
      this.partition = partition;
    }

    /** -1 before the first proof. */
    long lagMs() {
      return newest < 0 ? -1 : Math.max(0, System.currentTimeMillis() - newest);
    }

    /** How far the last commit is before the newest; 0 if time goes forward. */
    long commitBehindMs() {
      return Math.max(0, newest - last);
    }

    /** Only the thread that reads the partition calls it. */
    void advance(long completeUntil) {
      if (completeUntil != CdcRecord.COMPLETENESS_UNKNOWN) {
        last = completeUntil;
      }
      if (completeUntil > newest) {
        newest = completeUntil;
      }
    }
  }
}
