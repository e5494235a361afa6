package io.rekindle.platform.jdbc;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;

/** The failures after which the same statement may succeed later. */
public final class TransientFailure {

  /**
   * SQLSTATEs, or their first characters.
   *
   * <ul>
   *   <li>08: connection trouble
   *   <li>57P, 25006: a server that starts, stops or fails over
   *   <li>53: lack of connections, memory or disk
   *   <li>40: a deadlock or a conflict of serializable transactions
   *   <li>55P03: another transaction held a lock for too long
   *   <li>25P03, 25P04: the server ended a transaction because its client was idle or it took long
   * </ul>
   */
  private static final List<String> STATES =
      List.of("08", "57P", "53", "40", "25006", "55P03", "25P03", "25P04");

  private static final String STATEMENT_TIMEOUT = "57014";

  private TransientFailure() {}

  /**
   * Whether the cause is the database's condition and not the statement. A failure without a
   * SQLSTATE counts: drivers and pools report in this way that they have no connection.
   */
  public static boolean is(SQLException failure) {
    String state = failure.getSQLState();
    return state == null
        || failure instanceof SQLTransientException
        || STATES.stream().anyMatch(state::startsWith);
  }

  /**
   * Whether one of the causes is the database's condition or a statement's time limit: then the
   * database did not answer. A statement that runs into its limit may do so again.
   */
  public static boolean orTimeoutIn(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && (is(sql) || STATEMENT_TIMEOUT.equals(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }
}
