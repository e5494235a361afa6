package io.rekindle.connectors.kafka;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/**
 * The definition of a Kafka topic.
 *
 * @param name the topic's full name
 * @param table the captured table, schema-qualified; null if the topic holds no captured table
 * @param partitions number of partitions, at least 1
 * @param retentionMs retention of its records, milliseconds
 * @param maxMessageBytes size of the largest record batch
 */
public record Topic(
    String name, String table, int partitions, long retentionMs, int maxMessageBytes) {

  private static final String STANDARD_PREFIX = "rekindle";

  public Topic {
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("A topic needs a name");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException(
          "Topic " + name + " needs at least one partition, not " + partitions);
    }
  }

  /** Returns the partitions in the order of their numbers. */
  public List<TopicPartition> topicPartitions() {
    return IntStream.range(0, partitions)
        .mapToObj(partition -> new TopicPartition(name, partition))
        .toList();
  }

  Topic withPrefix(String prefix) {
    return new Topic(
        name.replace(STANDARD_PREFIX, prefix), table, partitions, retentionMs, maxMessageBytes);
  }

  Topic withPartitions(int count) {
    return new Topic(name, table, count, retentionMs, maxMessageBytes);
  }
}
