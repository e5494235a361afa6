package io.rekindle.platform.jdbc;

import java.time.Duration;

/**
 * Limits to which a program asks Postgres to hold its own connections. A process that is frozen
 * within a transaction, or whose host is gone, then keeps no lock for longer.
 */
public final class SessionLimits {

  /** The property of the Postgres driver that takes the options. */
  public static final String PROPERTY = "options";

  /** The longest time within a transaction without a statement. */
  static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(20);

  private SessionLimits() {}

  /**
   * The longest transaction of a program with a limit for locks. Postgres does not call a client
   * idle that has sent half a statement, so a process that is frozen just then needs this limit.
   */
  static final Duration TRANSACTION = Duration.ofSeconds(40);

  /**
   * The options of a connection.
   *
   * @param lockTimeout the longest wait for one lock, for a program whose transactions are short;
   *     null to wait without an end
   */
  public static String options(Duration lockTimeout) {
    String options =
        "-c idle_in_transaction_session_timeout="
            + IDLE_IN_TRANSACTION.toMillis()
            + " -c tcp_user_timeout="
            + IDLE_IN_TRANSACTION.toMillis()
            + " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2";
    return lockTimeout == null
        ? options
        : options
            + " -c lock_timeout="
            + lockTimeout.toMillis()
            + " -c transaction_timeout="
            + TRANSACTION.toMillis();
  }
}
