package io.rekindle.local.deadletters;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.local.terminal.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the dead-letter topic from its beginning to its present end. */
public final class DeadLetterLog {

  private static final String READING = "reading dead letters";
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaLogin kafka;
  private final String topic;
  private final Progress progress;

  public DeadLetterLog(KafkaLogin kafka, String topic, Progress progress) {
    this.kafka = kafka;
    this.topic = topic;
    this.progress = progress;
  }

  /**
   * Reads all dead letters, the oldest first. A letter that was stored twice comes twice.
   *
   * @param problems receives a sentence for each record that is not a dead letter
   */
  public void forEach(Consumer<DeadLetter> letters, Consumer<String> problems) {
    Map<String, Object> settings =
        kafka.settings(
            Map.of(
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"));
    progress.step(READING);
    long read = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (ConsumerRecord<byte[], byte[]> stored : consumer.poll(POLL)) {
          read++;
          progress.count(READING, read, 0);
          try {
            letters.accept(DeadLetter.from(stored));
          } catch (IllegalArgumentException e) {
            problems.accept(e.getMessage());
          }
        }
      }
    }
  }
}
