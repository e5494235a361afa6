package io.rekindle.local.importing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's orders in a temporary table, from which they go to the shop client by client.
 *
 * <p>A file is mostly in the order of time. Written like that, a client would have a part of their
 * orders for as long as the import takes. All orders of a client in a file are therefore written by
 * one transaction. An import that ends early leaves each client with all of them or none.
 *
 * @param <R> the row
 */
final class ClientStage<R> {

  /** After which client a transaction begins, and the last client in it. */
  record Range(String after, String last) {}

  private static final String TABLE = "pg_temp.import_stage";

  private static final int FETCH_ROWS = 10_000;

  private final Connection connection;
  private final Upsert<R> upsert;
  private final String owner;

  /**
   * Creates the empty table.
   *
   * @param connection connection that is not in auto-commit mode
   * @param upsert writes the rows, which have a client
   */
  ClientStage(Connection connection, Upsert<R> upsert) throws SQLException {
    this.connection = connection;
    this.upsert = upsert;
    this.owner = upsert.stagedColumn("user_id") + " collate \"C\"";
    execute("drop table if exists " + TABLE);
    execute("create temporary table import_stage (" + upsert.stagedColumns(" text") + ")");
    connection.commit();
  }

  /** Adds rows. */
  void add(List<R> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    String sql = "insert into %s select * from unnest(%s)".formatted(TABLE, upsert.parameters());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      upsert.bind(statement, rows);
      statement.executeUpdate();
    }
    connection.commit();
  }

  /**
   * Divides the clients into transactions.
   *
   * @param rows the rows of a transaction, which the orders of its last client may exceed
   */
  List<Range> ranges(int rows) throws SQLException {
    execute("create index on " + TABLE + " (" + owner + ")");
    execute("analyze " + TABLE);
    List<Range> ranges = new ArrayList<>();
    String sql = "select %s, count(*) from %s group by 1 order by 1".formatted(owner, TABLE);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet client = statement.executeQuery(sql)) {
        String after = "";
        String last = null;
        long count = 0;
        while (client.next()) {
          last = client.getString(1);
          count += client.getLong(2);
          if (count >= rows) {
            ranges.add(new Range(after, last));
            after = last;
            count = 0;
          }
        }
        if (count > 0) {
          ranges.add(new Range(after, last));
        }
      }
    }
    connection.commit();
    return ranges;
  }

  /** Writes the rows of some clients to the shop, in the current transaction. */
  Upsert.Counts write(Range range) throws SQLException {
    long rows = count(range, "true");
    try (PreparedStatement statement =
        connection.prepareStatement(upsert.fromStage(TABLE, within()))) {
      bind(statement, range);
      return upsert.execute(statement, rows);
    }
  }

  /** The rows of some clients whom the shop does not know. */
  long withoutUser(Range range) throws SQLException {
    return count(range, "not exists (select from shop.users u where u.user_id = " + owner + ")");
  }

  private long count(Range range, String condition) throws SQLException {
    String sql = "select count(*) from %s where %s and %s".formatted(TABLE, within(), condition);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, range);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private String within() {
    return "%1$s > ? and %1$s <= ?".formatted(owner);
  }

  private static void bind(PreparedStatement statement, Range range) throws SQLException {
    statement.setString(1, range.after());
    statement.setString(2, range.last());
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
