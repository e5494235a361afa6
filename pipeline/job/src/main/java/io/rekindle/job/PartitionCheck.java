package io.rekindle.job;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.ClockRows;
import io.rekindle.platform.jdbc.ConnectionFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka for the partitions before the job starts. Time would stand still for every user if a
 * partition had no row in {@code engagement.clock}.
 */
final class PartitionCheck {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionCheck.class);

  private final JobSettings settings;

  PartitionCheck(JobSettings settings) {
    this.settings = settings;
  }

  /**
   * Returns the topics with the numbers of partitions that exist.
   *
   * @throws IllegalStateException naming the procedure if the numbers do not fit
   */
  Topics existingTopics(Topics topics) throws InterruptedException {
    Topics existing;
    try (AdminClient admin = AdminClient.create(settings.kafka().settings())) {
      existing = topics.existing(admin);
    }
    // A shadow job writes to a database whose clock nothing moves.
    if (settings.get(JobSettings.RESULTS) == JobSettings.Results.LIVE) {
      try (Connection connection = ProductionJob.database(settings).connect()) {
        refuseMismatches(ClockRows.mismatches(connection, existing));
      } catch (SQLException e) {
        // Without the database the job stores nothing, and it waits for the database by itself.
        LOG.warn(
            "Cannot compare the partitions with engagement.clock: {}", ConnectionFailure.reason(e));
      }
    }
    return existing;
  }

  private static void refuseMismatches(List<String> mismatches) {
    if (!mismatches.isEmpty()) {
      throw new IllegalStateException(
          String.join("; ", mismatches)
              + ". Time would stand still: follow \"Change the number of partitions\" in"
              + " docs/operations.md");
    }
  }
}
