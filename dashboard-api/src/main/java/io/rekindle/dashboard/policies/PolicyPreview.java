package io.rekindle.dashboard.policies;

import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.policies.PolicyComparison.OutreachRules;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.prediction.LatestOutcomes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Scores all clients by two policies, from one instant's view of the shop's tables, and compares.
 * In the same pass both are evaluated on the last 90 days.
 *
 * <p>Clients and orders are read ascending by a 64-bit hash of the client's id, each in one pass:
 * sorting by a number is several times faster than by a text. Two clients of one hash would be
 * taken for each other; among a million that happens once in tens of millions of previews.
 */
final class PolicyPreview {

  private static final String CLIENTS =
      """
      select hashtextextended(u.user_id, 0),
             coalesce(floor(extract(epoch from c.at) * 1000)::bigint, %1$d),
             coalesce(o.score, -1)::bigint,
             coalesce(floor(extract(epoch from o.set_at) * 1000)::bigint, 0),
             coalesce(floor(extract(epoch from o.expires_at) * 1000)::bigint, 0),
             (engagement.contact_obstacle(
               u.marketing_consent, u.email, x.user_id is not null, x.address) is null
               and not exists (select from engagement.suppressions_of(u.email)))::int::bigint,
             coalesce(w.emails, 0)
      from shop.users u
      left join engagement.score_overrides o on o.user_id = u.user_id
      left join engagement.suppressions x on x.user_id = u.user_id
      left join (
        select user_id, max(sent_at) as at from engagement.emails
        where status = 'SENT' and hashtextextended(user_id, 0) between %%1$d and %%2$d
        group by user_id) c on c.user_id = u.user_id
      left join (
        select user_id, count(*) as emails from engagement.emails
        where status = 'READY' and episode_id is not null group by user_id) w
        on w.user_id = u.user_id
      where hashtextextended(u.user_id, 0) between %%1$d and %%2$d
      order by 1
      """
          .formatted(Score.NEVER + 1);

  private static final String ORDERS =
      """
      select hashtextextended(user_id, 0),
             floor(extract(epoch from placed_at) * 1000)::bigint,
             case status when 'PLACED' then ((amount - refunded_amount) * 100)::bigint else 0 end,
             %1$s::bigint
      from shop.orders
      where hashtextextended(user_id, 0) between %%1$d and %%2$d
      order by 1, 2
      """
          .formatted(CurrencyCodes.packInSql("currency"));

  /**
   * Parts of the range of hashes, one after the other: so the first results, and with them
   * progress, come long before all orders are sorted, and a part's orders are sorted in memory.
   */
  private static final int PARTS = 4;

  private static final int CHECK_EVERY = 1_024;

  private final DashboardDatabase database;
  private final ScoringPolicy before;
  private final ScoringPolicy after;
  private volatile boolean cancelled;
  private volatile long usersDone;
  private volatile long usersTotal;

  PolicyPreview(DashboardDatabase database, ScoringPolicy before, ScoringPolicy after) {
    this.database = database;
    this.before = before;
    this.after = after;
  }

  /** Ends {@link #run} soon, with a {@link CancelledException}. */
  void cancel() {
    cancelled = true;
  }

  long usersDone() {
    return usersDone;
  }

  /** An estimate; 0 until there is one. */
  long usersTotal() {
    return usersTotal;
  }

  /** The preview was cancelled. */
  static final class CancelledException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  PolicyComparison.Result run() throws SQLException, CancelledException {
    try (Connection clientRows = database.connectUnlimited();
        Connection orderRows = database.connectUnlimited()) {
      long asOf = begin(clientRows, orderRows);
      PolicyComparison comparison = new PolicyComparison(asOf, outreach(clientRows));
      LatestOutcomes outcomes = new LatestOutcomes(asOf, List.of(before, after));
      for (int part = 0; part < PARTS; part++) {
        long from = Long.MIN_VALUE + part * (Long.MAX_VALUE / PARTS + 1) * 2;
        long to = from - 1 + (Long.MAX_VALUE / PARTS + 1) * 2;
        BinaryRows orders = new BinaryRows(orderRows, ORDERS.formatted(from, to));
        BinaryRows clients = new BinaryRows(clientRows, CLIENTS.formatted(from, to));
        try {
          compare(clients, new OrderReader(orders), comparison, outcomes, asOf);
          orders.passOver();
          clients.passOver();
        } finally {
          orders.cancel();
          clients.cancel();
        }
      }
      usersTotal = comparison.users();
      return comparison.result(before.version(), after.version(), outcomes);
    }
  }

  /** Both connections see the same instant, which is returned as epoch milliseconds. */
  private long begin(Connection clients, Connection orders) throws SQLException {
    clients.setAutoCommit(false);
    orders.setAutoCommit(false);
    try (Statement first = clients.createStatement();
        Statement second = orders.createStatement()) {
      first.execute("set transaction isolation level repeatable read, read only");
      first.execute("set local statement_timeout = 0");
      String snapshot;
      long asOf;
      try (ResultSet row =
          first.executeQuery(
              """
              select pg_export_snapshot(), floor(extract(epoch from clock_timestamp()) * 1000),
                     (select greatest(reltuples, 0) from pg_class
                       where oid = 'shop.users'::regclass)
              """)) {
        row.next();
        snapshot = row.getString(1);
        asOf = row.getLong(2);
        usersTotal = row.getLong(3);
      }
      second.execute("set transaction isolation level repeatable read, read only");
      second.execute("set transaction snapshot '" + snapshot + "'");
      second.execute("set local statement_timeout = 0");
      second.execute("set local work_mem = '128MB'");
      return asOf;
    }
  }

  private static OutreachRules outreach(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select enabled, stale_days, daily_cap,
                       engagement.share_without_email(holdout_share, control_share)
                from engagement.outreach_settings
                """)) {
      return row.next()
          ? new OutreachRules(row.getBoolean(1), row.getInt(2), row.getInt(3), row.getDouble(4))
          : new OutreachRules(false, 0, 0, 0);
    }
  }

  private void compare(
      BinaryRows clients,
      OrderReader reader,
      PolicyComparison comparison,
      LatestOutcomes outcomes,
      long asOf)
      throws SQLException, CancelledException {
    Scorer oldScorer = new Scorer(before);
    Scorer newScorer = new Scorer(after);
    OrderTable orders = new OrderTable();
    while (clients.next()) {
      if (comparison.users() % CHECK_EVERY == 0) {
        usersDone = comparison.users();
        if (cancelled) {
          throw new CancelledException();
        }
      }
      long hash = clients.number();
      long contact = clients.number();
      int override = (int) clients.number();
      long setAt = clients.number();
      long expiresAt = clients.number();
      boolean reachable = clients.number() == 1;
      long waitingEmails = clients.number();
      reader.read(hash, orders);
      // The past of a client with many orders needs more of them than the engine keeps today.
      outcomes.add(orders);
      orders.keepNewest();
      long lastContactAt = contact == Score.NEVER + 1 ? Score.NEVER : contact;
      Score oldScore = oldScorer.score(orders, asOf, lastContactAt);
      Score newScore = newScorer.score(orders, asOf, lastContactAt);
      if (override >= 0 && asOf < expiresAt) {
        oldScore = oldScorer.overridden(oldScore, override, setAt, expiresAt);
        newScore = newScorer.overridden(newScore, override, setAt, expiresAt);
      }
      comparison.add(oldScore, newScore, reachable, waitingEmails);
    }
    usersDone = comparison.users();
  }

  /** Goes through the orders beside the clients. */
  private static final class OrderReader {

    private final BinaryRows rows;
    private boolean present;
    private long hash;

    OrderReader(BinaryRows rows) throws SQLException {
      this.rows = rows;
      advance();
    }

    /** The orders of a client; orders without a client in between are passed over. */
    void read(long clientHash, OrderTable orders) throws SQLException {
      orders.clear();
      while (present && hash < clientHash) {
        advance();
      }
      while (present && hash == clientHash) {
        orders.add(rows.number(), rows.number(), (int) rows.number());
        advance();
      }
    }

    private void advance() throws SQLException {
      present = rows.next();
      if (present) {
        hash = rows.number();
      }
    }
  }
}
