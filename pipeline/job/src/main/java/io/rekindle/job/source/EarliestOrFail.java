package io.rekindle.job.source;

import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts at the beginning of each partition, and fails rather than skips when the offset to go on
 * from is gone: changes that retention has deleted unread would make scores silently wrong.
 */
// Kafka wants its consumers configured by text, but Flink's interface still has the enum.
@SuppressWarnings("deprecation")
public final class EarliestOrFail implements OffsetsInitializer {

  private static final long serialVersionUID = 1L;

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    return OffsetsInitializer.earliest().getPartitionOffsets(partitions, retriever);
  }

  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
