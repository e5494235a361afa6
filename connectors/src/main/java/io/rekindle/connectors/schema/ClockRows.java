package io.rekindle.connectors.schema;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of engagement.clock, one for each partition of each captured topic. */
public final class ClockRows {

  private ClockRows() {}

  /**
   * Makes the clock's rows those of the captured topics' partitions, in one statement. A row for a
   * partition that does not exist would stop the connector, so such rows go.
   *
   * @return how many rows were inserted or deleted; 0 if all was in place
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
