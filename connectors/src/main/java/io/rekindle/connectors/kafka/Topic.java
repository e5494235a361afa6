package io.rekindle.connectors.kafka;

/**
 * A Kafka topic as it has to be created.
 *
 * @param name the topic's full name
 * @param table the table whose changes it carries, schema-qualified; null if it carries no capture
 * @param partitions number of partitions, at least 1
 * @param retentionMs how long its records are kept, milliseconds
 * @param maxMessageBytes size of the largest record batch that it takes
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

  Topic withPrefix(String prefix) {
    return new Topic(
        name.replace(STANDARD_PREFIX, prefix), table, partitions, retentionMs, maxMessageBytes);
  }

  Topic withPartitions(int count) {
    return new Topic(name, table, count, retentionMs, maxMessageBytes);
  }
}
