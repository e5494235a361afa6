package io.rekindle.connectors.schema;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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
    List<String> names = new ArrayList<>();
    List<Integer> partitions = new ArrayList<>();
    for (Topic topic : topics.captured()) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        names.add(topic.name());
        partitions.add(partition);
      }
    }
    Array nameArray = owner.createArrayOf("text", names.toArray());
    Array partitionArray = owner.createArrayOf("int4", partitions.toArray());
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
      statement.setArray(1, nameArray);
      statement.setArray(2, partitionArray);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    } finally {
      nameArray.free();
      partitionArray.free();
    }
  }
}
