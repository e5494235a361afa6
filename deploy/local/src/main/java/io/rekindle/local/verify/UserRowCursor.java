package io.rekindle.local.verify;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Reads a query's rows, some thousand per fetch. The connection must not be in auto-commit mode,
 * since the driver would then fetch all rows at once.
 */
final class UserRowCursor implements AutoCloseable {

  private static final int FETCH_ROWS = 10_000;

  private final PreparedStatement statement;
  private final ResultSet rows;
  private boolean present;

  /**
   * @param sql query with one parameter for an array of user ids
   * @param userIds the users to read; null for all
   */
  UserRowCursor(Connection connection, String sql, Collection<String> userIds) throws SQLException {
    statement = connection.prepareStatement(sql);
    statement.setFetchSize(FETCH_ROWS);
    statement.setArray(
        1, userIds == null ? null : connection.createArrayOf("text", userIds.toArray()));
    rows = statement.executeQuery();
    advance();
  }

  /** Whether there is a current row. */
  boolean present() {
    return present;
  }

  ResultSet current() {
    return rows;
  }

  String userId() throws SQLException {
    return rows.getString("user_id");
  }

  void advance() throws SQLException {
    present = rows.next();
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
