package io.rekindle.connectors.schema;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.jdbc.UnnestColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** Keeps the rows of {@code engagement.clock}, one per partition of each captured topic. */
public final class ClockRows {

  private ClockRows() {}

  /**
   * Inserts missing rows and deletes rows without a partition, in one statement. The connector
   * would stop at a row without a partition.
   *
   * @return the number of inserted and deleted rows
   */
  public static int ensure(Connection owner, Topics topics) throws SQLException {
    List<TopicPartition> partitions =
        topics.captured().stream().flatMap(topic -> topic.topicPartitions().stream()).toList();
    try (PreparedStatement statement =
        owner.prepareStatement(
            """
            with required as (select * from unnest(?::text[], ?::int[]) as w (topic, partition)),
              gone as (
                delete from engagement.clock c
                where not exists (
                  select 1 from required w where w.topic = c.topic and w.partition = c.partition)
                returning 1),
              added as (
                insert into engagement.clock (topic, partition) select topic, partition from required
                on conflict do nothing
                returning 1)
            select (select count(*) from gone) + (select count(*) from added)
            """)) {
      new UnnestColumns<>(owner, statement, partitions)
          .text(TopicPartition::topic)
          .integer(TopicPartition::partition);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
