package io.rekindle.platform.jdbc;

import java.sql.SQLException;
import java.util.List;

/** The failures that one row's values cause: the same statement succeeds without that row. */
public final class RefusedData {

  /**
   * The first characters of SQLSTATEs.
   *
   * <ul>
   *   <li>21: a row twice in a statement
   *   <li>22: a value that its type cannot hold
   *   <li>23: a value that a constraint forbids
   *   <li>54: a value above a limit of the server, such as that of an index entry
   * </ul>
   */
  private static final List<String> CLASSES = List.of("21", "22", "23", "54");

  private RefusedData() {}

  /** Whether the database refuses a value, and not the statement or the role. */
  public static boolean is(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && CLASSES.stream().anyMatch(state::startsWith);
  }

  /** Returns the failure of this kind among the causes; null if there is none. */
  public static SQLException in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && is(sql)) {
        return sql;
      }
    }
    return null;
  }
}
