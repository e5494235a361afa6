package io.rekindle.bench;

import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.cdc.NoOpReceiver;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Measures the limit of one thread that only reads the orders and parses the needed fields. It
 * reads the input as often as the job, and prints a {@link Measurement} of each time.
 */
final class DecodingLimit {

  private static final Duration POLL = Duration.ofSeconds(1);

  private DecodingLimit() {}

  /**
   * Reads all orders, several times.
   *
   * @param arguments address of the broker, and the directory of the key for it
   */
  public static void main(String[] arguments) {
    Map<String, Object> settings =
        new KafkaLogin(arguments[0], Path.of(arguments[1]))
            .settings(Map.of("enable.auto.commit", "false", "max.poll.records", "5000"));
    List<TopicPartition> partitions = Topics.standard().orders().topicPartitions();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      for (int run = 0; run < Measurement.RUNS; run++) {
        System.out.println(read(consumer, partitions));
      }
    }
  }

  private static Measurement read(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    Count count = new Count();
    ChangeDecoder decoder = new ChangeDecoder();
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Measurement.Start start = Measurement.start();
    while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        decoder.decode(record, count);
      }
    }
    return start.stop(count.changes, count.changes);
  }

  private static final class Count extends NoOpReceiver {

    private long changes;

    @Override
    public void changed(Change change) {
      changes++;
    }

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      throw new IllegalStateException(reason + ": " + error);
    }
  }
}
