package io.rekindle.local.stack;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.local.server.KafkaBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Counts the records that a topic still keeps. */
final class DeadLetterCount {

  private DeadLetterCount() {}

  static long of(Topic topic, KafkaLogin kafka, Duration timeout)
      throws IOException, InterruptedException {
    try (AdminClient admin = KafkaBroker.admin(kafka, timeout)) {
      return sum(admin, topic, OffsetSpec.latest()) - sum(admin, topic, OffsetSpec.earliest());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  private static long sum(AdminClient admin, Topic topic, OffsetSpec position)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> requested = new HashMap<>();
    topic.topicPartitions().forEach(partition -> requested.put(partition, position));
    return admin.listOffsets(requested).all().get().values().stream()
        .mapToLong(found -> found.offset())
        .sum();
  }
}
