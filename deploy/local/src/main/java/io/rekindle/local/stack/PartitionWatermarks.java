package io.rekindle.local.stack;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.stack.StackStatus.Partition;
import io.rekindle.platform.rest.FlinkRest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far the job has read the captured topics.
 *
 * @param partitions all captured partitions; empty if Flink does not say
 */
record PartitionWatermarks(List<Partition> partitions) {

  static final PartitionWatermarks NONE = new PartitionWatermarks(List.of());

  /**
   * Creates the watermarks of all captured partitions.
   *
   * @param known watermarks by {@link FlinkRest#partitionKey}; none for a partition without a tick
   */
  static PartitionWatermarks of(Map<String, Instant> known) {
    List<Partition> partitions = new ArrayList<>();
    for (Topic topic : Topics.standard().captured()) {
      for (int number = 0; number < topic.partitions(); number++) {
        Instant watermark = known.get(FlinkRest.partitionKey(topic.name(), number));
        partitions.add(
            new Partition(topic.name(), number, watermark == null ? null : watermark.toString()));
      }
    }
    return partitions.stream().allMatch(partition -> partition.watermark() == null)
        ? NONE
        : new PartitionWatermarks(partitions);
  }

  /** Returns the partition that is least far, which holds the scores back. */
  Optional<Partition> slowest() {
    return partitions.stream().min(Comparator.comparing(PartitionWatermarks::instant));
  }

  /** Returns the commit time of the newest change or tick that the job has read. */
  Optional<Instant> newest() {
    return partitions.stream().map(PartitionWatermarks::instant).max(Comparator.naturalOrder());
  }

  private static Instant instant(Partition partition) {
    return partition.watermark() == null ? Instant.MIN : Instant.parse(partition.watermark());
  }
}
