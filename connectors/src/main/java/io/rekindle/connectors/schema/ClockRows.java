package io.rekindle.connectors.schema;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.jdbc.UnnestColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
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

  /**
   * Returns the topics whose partitions and rows differ, a sentence each. A partition without a row
   * gets no tick, so it would hold time back for ever.
   */
  public static List<String> mismatches(Connection connection, Topics topics) throws SQLException {
    List<String> mismatches = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select count(*), count(*) filter (where partition < ?) from engagement.clock"
                + " where topic = ?")) {
      for (Topic topic : topics.captured()) {
        statement.setInt(1, topic.partitions());
        statement.setString(2, topic.name());
        try (var row = statement.executeQuery()) {
          row.next();
          if (row.getInt(1) != topic.partitions() || row.getInt(2) != topic.partitions()) {
            mismatches.add(
                "topic %s has %d partitions, and engagement.clock has rows for %d of them"
                    .formatted(topic.name(), topic.partitions(), row.getInt(2)));
          }
        }
      }
    }
    return mismatches;
  }
}
