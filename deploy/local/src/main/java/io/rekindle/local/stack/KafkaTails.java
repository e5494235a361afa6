package io.rekindle.local.stack;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * When Kafka got the newest record of each captured partition. It tells a partition that the job
 * does not read from one that capture does not write.
 *
 * @param newest by {@link FlinkRest#partitionKey}; nothing for an empty partition
 */
record KafkaTails(Map<String, Instant> newest) {

  static KafkaTails read(KafkaLogin kafka, Duration timeout)
      throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> requested = new HashMap<>();
    Topics.standard()
        .captured()
        .forEach(
            topic ->
                topic
                    .topicPartitions()
                    .forEach(partition -> requested.put(partition, OffsetSpec.maxTimestamp())));
    try (AdminClient admin = KafkaBroker.admin(kafka, timeout)) {
      Map<String, Instant> newest = new HashMap<>();
      admin
          .listOffsets(requested)
          .all()
          .get()
          .forEach(
              (partition, found) -> {
                if (found.timestamp() >= 0) {
                  newest.put(
                      FlinkRest.partitionKey(partition.topic(), partition.partition()),
                      Instant.ofEpochMilli(found.timestamp()));
                }
              });
      return new KafkaTails(newest);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }
}
