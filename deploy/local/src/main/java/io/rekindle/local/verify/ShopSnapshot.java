package io.rekindle.local.verify;

import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;

/**
 * Reads all inputs of scores as of one instant, in one repeatable-read transaction. Its users are
 * read once, ascending by the bytes of their ids.
 */
final class ShopSnapshot implements AutoCloseable {

  private static final String USERS =
      """
      select user_id, o.score, %s as set_at, %s as expires_at, %s as last_contact_at
      from shop.users
      left join engagement.score_overrides o using (user_id)
      left join (
        select user_id, max(sent_at) as at from engagement.emails
        where status = 'SENT' group by user_id) contact using (user_id)
      where coalesce(user_id = any (?), true)
      order by user_id collate "C"
      """
          .formatted(Millis.sql("o.set_at"), Millis.sql("o.expires_at"), Millis.sql("contact.at"));

  /** Sorted by the milliseconds, so that the newest orders are those of the job. */
  private static final String ORDERS =
      """
      select user_id, %s as placed_at, currency,
             case status when 'PLACED' then ((amount - refunded_amount) * 100)::bigint else 0 end
               as net_minor
      from shop.orders
      where coalesce(user_id = any (?), true)
      order by user_id collate "C", 2, order_id collate "C"
      """
          .formatted(Millis.sql("shop.orders.placed_at"));

  private final Connection connection;
  private final long instant;
  private final ScoringPolicy policy;
  private final Scorer scorer;
  private final SnapshotUser user = new SnapshotUser();
  private UserRowCursor users;
  private UserRowCursor orders;

  /**
   * Takes the snapshot.
   *
   * @param connection connection that is in a transaction until {@link #close}
   */
  ShopSnapshot(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read, read only");
      statement.execute("set local work_mem = '128MB'");
      // The first query takes the snapshot before it reads the clock. Every visible row was
      // therefore committed at or before this instant.
      try (ResultSet row = statement.executeQuery("select " + Millis.sql("clock_timestamp()"))) {
        row.next();
        instant = row.getLong(1);
      }
      policy = policy(statement);
      scorer = new Scorer(policy);
    }
  }

  /** Returns the instant of the snapshot, epoch milliseconds. */
  long instant() {
    return instant;
  }

  Scorer scorer() {
    return scorer;
  }

  ScoringPolicy policy() {
    return policy;
  }

  /**
   * Begins to read users.
   *
   * @param userIds the users to read; null for all
   */
  void open(Collection<String> userIds) throws SQLException {
    users = new UserRowCursor(connection, USERS, userIds);
    orders = new UserRowCursor(connection, ORDERS, userIds);
  }

  /** Returns the next user, which is valid until the next call; null after the last. */
  SnapshotUser next() throws SQLException {
    if (!users.present()) {
      return null;
    }
    ResultSet row = users.current();
    user.userId = users.userId();
    user.overrideScore = row.getInt("score");
    user.hasOverride = !row.wasNull();
    user.overrideSetAt = row.getLong("set_at");
    user.overrideExpiresAt = row.getLong("expires_at");
    user.lastContactAt = Millis.orNever(row, "last_contact_at");
    users.advance();

    user.orders.clear();
    // A user without a row has no score, so these orders are skipped.
    while (orders.present() && ByteOrder.compare(orders.userId(), user.userId) < 0) {
      orders.advance();
    }
    while (orders.present() && orders.userId().equals(user.userId)) {
      ResultSet order = orders.current();
      user.orders.add(
          order.getLong("placed_at"),
          order.getLong("net_minor"),
          CurrencyCodes.pack(order.getString("currency")));
      orders.advance();
    }
    user.olderOrders = user.orders.keepNewest();
    return user;
  }

  @Override
  public void close() throws SQLException {
    try {
      if (users != null) {
        users.close();
      }
      if (orders != null) {
        orders.close();
      }
    } finally {
      connection.rollback();
    }
  }

  /**
   * The active policy with its active model. If the pipeline cannot use one of them, then the one
   * before it, which the job has stored as in force.
   */
  private static ScoringPolicy policy(Statement statement) throws SQLException {
    String version = text(statement, "policy_version", "engagement.scoring_policies where active");
    String active = text(statement, "document", "engagement.scoring_policies where active");
    ScoringPolicy policy;
    try {
      policy = parse(active);
      version = version == null ? policy.version() : version;
    } catch (InvalidPolicyException refused) {
      policy = inForce(statement);
      version = text(statement, "policy_version", "engagement.policy_in_force");
    }
    return policy.withModel(model(statement, version));
  }

  /** Null without a model. */
  private static PolicyModel model(Statement statement, String policyVersion) throws SQLException {
    String active =
        text(
            statement,
            "document",
            "engagement.models where active and policy_version = '"
                + policyVersion.replace("'", "''")
                + "'");
    try {
      return active == null ? null : PolicyModel.parse(active);
    } catch (InvalidPolicyException refused) {
      return modelInForce(statement);
    }
  }

  private static PolicyModel modelInForce(Statement statement) throws SQLException {
    String model = text(statement, "model", "engagement.policy_in_force");
    try {
      return model == null ? null : PolicyModel.parse(model);
    } catch (InvalidPolicyException e) {
      throw new Failure("the stored model in force is not valid: " + e.getMessage(), e);
    }
  }

  private static ScoringPolicy inForce(Statement statement) throws SQLException {
    try {
      return parse(text(statement, "document", "engagement.policy_in_force"));
    } catch (InvalidPolicyException e) {
      throw new Failure("the stored policy in force is not valid: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a policy.
   *
   * @param document null for the policy of a shop that has activated none
   */
  private static ScoringPolicy parse(String document) throws InvalidPolicyException {
    return document == null ? ScoringPolicy.byDefault() : ScoringPolicy.parse(document);
  }

  /** A column of the only row of a table; null without a row. */
  private static String text(Statement statement, String column, String table) throws SQLException {
    try (ResultSet row = statement.executeQuery("select " + column + " from " + table)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** Compares texts as the database under the collation C, by their bytes in UTF-8. */
  static final class ByteOrder {

    private ByteOrder() {}

    static int compare(String left, String right) {
      int length = Math.min(left.length(), right.length());
      for (int i = 0; i < length; i++) {
        char a = left.charAt(i);
        char b = right.charAt(i);
        if (a != b) {
          // The UTF-16 order differs only where one unit is half of a surrogate pair.
          boolean surrogate = Character.isSurrogate(a) != Character.isSurrogate(b);
          return surrogate ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
        }
      }
      return Integer.compare(left.length(), right.length());
    }
  }
}
