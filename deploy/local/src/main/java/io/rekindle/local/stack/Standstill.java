package io.rekindle.local.stack;

import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Connector;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.local.stack.StackStatus.Partition;

/** All parts between a commit in the database and its score. */
record Standstill(
    Component postgres,
    Component kafka,
    Component connect,
    Connector connector,
    Answer<DatabaseProgress> database,
    Component jobManager,
    Component taskManager,
    Job job,
    PartitionWatermarks watermarks) {

  /** Returns what keeps time from moving: the first fault on the way from a commit to its score. */
  String reason() {
    if (!postgres.healthy()) {
      return "Postgres: " + postgres.trouble();
    }
    if (!kafka.healthy()) {
      return "Kafka: " + kafka.trouble();
    }
    if (!connect.healthy()) {
      return "Kafka Connect: " + connect.trouble();
    }
    if (!connector.healthy()) {
      return "the connector is %s and its task %s%s"
          .formatted(
              connector.state(),
              connector.task(),
              connector.trouble() == null ? "" : ": " + connector.trouble());
    }
    if (database.given() && !Boolean.TRUE.equals(database.value().slotActive())) {
      return "nothing reads from the replication slot " + DatabaseProgress.SLOT;
    }
    if (!jobManager.healthy()) {
      return "Flink's JobManager: " + jobManager.trouble();
    }
    if (!taskManager.healthy()) {
      return "Flink's TaskManager: " + taskManager.trouble();
    }
    if (!job.healthy()) {
      return "the job is %s: %s".formatted(job.state(), job.trouble());
    }
    return watermarks
        .slowest()
        .map(Standstill::incomplete)
        .orElse("the job has not said how far it has read");
  }

  private static String incomplete(Partition slowest) {
    return slowest.watermark() == null
        ? "no tick has come in partition %d of %s".formatted(slowest.partition(), slowest.topic())
        : "partition %d of %s is complete up to %s only"
            .formatted(slowest.partition(), slowest.topic(), slowest.watermark());
  }
}
