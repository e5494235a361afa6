package io.rekindle.local.stack;

import io.rekindle.local.server.StackInfo;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The progress of scores and of capture, as the database knows it.
 *
 * @param scoredUntil null before the first scores
 * @param ageSeconds the age of {@code scoredUntil} by the database's clock
 * @param slotActive whether anything reads from the replication slot; null without a slot
 * @param lagBytes the log that the slot has not confirmed; null without a slot
 * @param now the database's clock
 * @param captureFaults the faults of capture, a sentence each
 */
record DatabaseProgress(
    Instant scoredUntil,
    Double ageSeconds,
    Boolean slotActive,
    Long lagBytes,
    Instant now,
    List<String> captureFaults) {

  static final String SLOT = "rekindle";

  /** All values are unknown. */
  static final DatabaseProgress NONE =
      new DatabaseProgress(null, null, null, null, null, List.of());

  private static final String QUERY =
      """
      select extract(epoch from scored_until) * 1000 as scored_until,
        extract(epoch from clock_timestamp() - scored_until) as age,
        extract(epoch from clock_timestamp()) * 1000 as now,
        slot.active, slot.lag
      from engagement.scored_until
      left join (
        select active, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) as lag
        from pg_replication_slots where slot_name = '%s') as slot on true
      """
          .formatted(SLOT);

  static DatabaseProgress read(StackInfo info, Duration timeout) throws SQLException {
    try (Connection connection = info.ownerDatabase(timeout).getConnection()) {
      return read(connection);
    }
  }

  private static DatabaseProgress read(Connection connection) throws SQLException {
    List<String> faults = CaptureFaults.read(connection);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      if (!row.next()) {
        return new DatabaseProgress(null, null, null, null, null, faults);
      }
      long scoredUntil = row.getLong("scored_until");
      boolean scored = !row.wasNull();
      boolean active = row.getBoolean("active");
      boolean slot = !row.wasNull();
      return new DatabaseProgress(
          scored ? Instant.ofEpochMilli(scoredUntil) : null,
          scored ? row.getDouble("age") : null,
          slot ? active : null,
          slot ? row.getLong("lag") : null,
          Instant.ofEpochMilli(row.getLong("now")),
          faults);
    }
  }
}
