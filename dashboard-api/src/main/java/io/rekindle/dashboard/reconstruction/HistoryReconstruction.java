package io.rekindle.dashboard.reconstruction;

import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code engagement.reconstructed_history}: the scores that each user would have had in the
 * 24 months before the first observed row, by the policy in force.
 *
 * <p>It goes by batches of users, each in one transaction with its progress. A run that was
 * interrupted therefore goes on after the last batch, by the same policy. One run at a time works
 * in a database; a lock on each user of a batch keeps an erasure waiting until the batch is stored.
 */
public final class HistoryReconstruction {

  /** The users of one transaction. */
  static final int BATCH_USERS = 500;

  private static final Logger LOG = LoggerFactory.getLogger(HistoryReconstruction.class);

  private static final int FETCH_ROWS = 10_000;

  private static final int MAX_TROUBLE = 1_000;

  private static final String LOCK =
      "select pg_try_advisory_lock(hashtext('engagement.reconstruction'))";

  private static final String UNLOCK =
      "select pg_advisory_unlock(hashtext('engagement.reconstruction'))";

  /**
   * Once every user has a score. The job stores the policy in force before that, and a shop without
   * a row has the built-in one.
   */
  private static final String BEGIN =
      """
      insert into engagement.reconstruction
        (policy_version, document, from_at, until_at, users_total)
      select coalesce(p.policy_version, ?), coalesce(p.document, ?::jsonb),
             (observed.since at time zone 'UTC' - interval '24 months') at time zone 'UTC',
             observed.since, (select count(*) from shop.users)
      from (select min(as_of) as since from engagement.score_history) observed
      cross join engagement.scored_until s
      left join engagement.policy_in_force p on true
      where observed.since is not null and s.scored_until is not null
      on conflict do nothing
      """;

  private static final String RUN =
      """
      select document::text, %s as from_at, %s as until_at, last_user_id, users, users_total, rows,
             finished_at
      from engagement.reconstruction
      """
          .formatted(millis("from_at"), millis("until_at"));

  /** A user is observed from the row of the first snapshot on, or of the addition of old orders. */
  private static final String USERS =
      """
      select u.user_id, %s as created_at, %s as observed_since
      from shop.users u
      left join lateral (
        select as_of, cause from engagement.score_history h
        where h.user_id = u.user_id order by as_of, revision limit 1) first
        on first.cause in ('SNAPSHOT', 'BACKFILL')
      where u.user_id > ?
      order by u.user_id
      limit %d
      for key share of u
      """
          .formatted(millis("u.created_at"), millis("first.as_of"), BATCH_USERS);

  /** Sorted by the milliseconds, so that the newest orders are those of the job. */
  private static final String ORDERS =
      """
      select user_id, order_id, %s as placed_at, (amount * 100)::bigint as amount,
             (refunded_amount * 100)::bigint as refunded, currency,
             status = 'CANCELLED' as cancelled, %s as cancelled_at, %s as refunded_at
      from shop.orders
      where user_id = any (?)
      order by user_id, 3, order_id collate "C"
      """
          .formatted(millis("placed_at"), millis("cancelled_at"), millis("refunded_at"));

  private static final String PROGRESS =
      """
      update engagement.reconstruction
      set last_user_id = ?, users = users + ?, rows = rows + ?, trouble = null,
        updated_at = clock_timestamp()
      """;

  /** The changes of all days sum to the counts at the end. */
  private static final String FINISH =
      """
      update engagement.reconstruction
      set last_user_id = '', trouble = null, updated_at = clock_timestamp(),
        finished_at = clock_timestamp(),
        at_risk = past.at_risk, scored = past.scored, score_sum = past.score_sum
      from (
        select coalesce(sum(first_at_risk + entered - "left"), 0) as at_risk,
               coalesce(sum(scored), 0) as scored, coalesce(sum(score_sum), 0) as score_sum
        from engagement.reconstructed_days) past
      """;

  private static final String TROUBLE =
      "update engagement.reconstruction set trouble = ?, updated_at = clock_timestamp()";

  private static final String FORGET =
      "truncate engagement.reconstructed_history, engagement.reconstructed_days,"
          + " engagement.reconstruction";

  /** How a run ended. */
  public enum Outcome {
    /** All users are reconstructed, by this run or an earlier one. */
    FINISHED,
    /** Not every user has a score yet, so the end of the past is not known. */
    TOO_EARLY,
    /** Another run is under way. */
    BUSY
  }

  /**
   * What is stored.
   *
   * @param policyVersion null before the first run, like the other references
   * @param from the beginning of the past
   * @param until the first observed instant
   */
  public record Result(
      Outcome outcome, String policyVersion, Instant from, Instant until, long users, long rows) {}

  private record Run(
      ScoringPolicy policy,
      long from,
      long until,
      String lastUserId,
      long users,
      long usersTotal,
      long rows,
      boolean finished) {

    /** The end of the past of any of the clients. */
    long latest(List<Client> clients) {
      return clients.stream().mapToLong(Client::until).reduce(until, Math::max);
    }

    Result result(Outcome outcome) {
      return new Result(
          outcome,
          policy.version(),
          Instant.ofEpochMilli(from),
          Instant.ofEpochMilli(until),
          users,
          rows);
    }
  }

  private record Client(String userId, long createdAt, long until) {}

  private final Connection connection;
  private final Duration pause;
  private final DoubleConsumer progress;
  private final PastOrders orders = new PastOrders();

  /**
   * Creates a reconstruction.
   *
   * @param connection a connection of its own, by a role with the rights of the dashboard or the
   *     owner's
   * @param pause the pause after each batch
   */
  public HistoryReconstruction(Connection connection, Duration pause) {
    this(connection, pause, share -> {});
  }

  /**
   * Creates a reconstruction that tells its progress.
   *
   * @param progress takes the part of the clients that is stored, 0 to 1, after each batch
   */
  HistoryReconstruction(Connection connection, Duration pause, DoubleConsumer progress) {
    this.connection = connection;
    this.pause = pause;
    this.progress = progress;
  }

  /**
   * Begins a run or goes on with one, until all users are done.
   *
   * @throws InterruptedException if the thread was interrupted, which leaves the rest to the next
   *     call
   */
  public Result run() throws SQLException, InterruptedException {
    connection.setAutoCommit(true);
    if (!ask(LOCK)) {
      return new Result(Outcome.BUSY, null, null, null, 0, 0);
    }
    try {
      return runAlone();
    } catch (SQLException | RuntimeException e) {
      storeTrouble(e);
      throw e;
    } finally {
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
        ask(UNLOCK);
      }
    }
  }

  /**
   * Removes what is stored, so that the next run begins anew by the policy that is in force then.
   * The role needs the owner's rights.
   *
   * @return whether it was removed; a run that is under way keeps its rows
   */
  public boolean forget() throws SQLException {
    connection.setAutoCommit(true);
    if (!ask(LOCK)) {
      return false;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(FORGET);
      return true;
    } finally {
      ask(UNLOCK);
    }
  }

  private Result runAlone() throws SQLException, InterruptedException {
    begin();
    Run run = read();
    if (run == null) {
      return new Result(Outcome.TOO_EARLY, null, null, null, 0, 0);
    }
    if (run.finished()) {
      progress.accept(1);
      return run.result(Outcome.FINISHED);
    }
    LOG.info(
        "Reconstructing the scores from {} to {} by {}, after {} clients",
        Instant.ofEpochMilli(run.from()),
        Instant.ofEpochMilli(run.until()),
        run.policy().version(),
        run.users());
    connection.setAutoCommit(false);
    Reconstruction reconstruction = new Reconstruction(run.policy());
    String last = run.lastUserId();
    long users = run.users();
    while (last != null) {
      List<Client> clients = batch(reconstruction, run, last);
      last = clients.isEmpty() ? null : clients.get(clients.size() - 1).userId();
      users += clients.size();
      progress.accept(Math.min(1, (double) users / Math.max(users, run.usersTotal())));
      Thread.sleep(pause.toMillis());
    }
    Run done = read();
    LOG.info(
        "Reconstructed the past of {} clients: {} changes of their scores",
        done.users(),
        done.rows());
    return done.result(Outcome.FINISHED);
  }

  /** Stores why the run failed. Without a database there is no such row. */
  private void storeTrouble(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    try {
      connection.setAutoCommit(true);
      try (PreparedStatement statement = connection.prepareStatement(TROUBLE)) {
        statement.setString(1, message.substring(0, Math.min(MAX_TROUBLE, message.length())));
        statement.executeUpdate();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private void begin() throws SQLException {
    ScoringPolicy builtIn = ScoringPolicy.byDefault();
    try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
      statement.setString(1, builtIn.version());
      statement.setString(2, builtIn.json());
      statement.executeUpdate();
    }
  }

  /** The run in the database; null without one. */
  private Run read() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(RUN)) {
      return row.next()
          ? new Run(
              policy(row.getString("document")),
              row.getLong("from_at"),
              row.getLong("until_at"),
              row.getString("last_user_id"),
              row.getLong("users"),
              row.getLong("users_total"),
              row.getLong("rows"),
              row.getObject("finished_at") != null)
          : null;
    }
  }

  private static ScoringPolicy policy(String document) {
    try {
      return ScoringPolicy.parse(document);
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The policy of the reconstruction is not valid", e);
    }
  }

  /** Stores the next users in one transaction; returns them. There is none at the end. */
  private List<Client> batch(Reconstruction reconstruction, Run run, String after)
      throws SQLException {
    try {
      List<Client> clients = clients(after, run.until());
      if (clients.isEmpty()) {
        try (Statement statement = connection.createStatement()) {
          statement.executeUpdate(FINISH);
        }
      } else {
        CopiedRows rows = new CopiedRows(connection, run.policy().version());
        DailyChanges days = new DailyChanges(run.from(), run.latest(clients));
        copy(reconstruction, run.from(), clients, rows, days);
        days.store(connection);
        try (PreparedStatement statement = connection.prepareStatement(PROGRESS)) {
          statement.setString(1, clients.get(clients.size() - 1).userId());
          statement.setLong(2, clients.size());
          statement.setLong(3, rows.rows());
          statement.executeUpdate();
        }
      }
      connection.commit();
      return clients;
    } catch (SQLException | RuntimeException e) {
      rollback(e);
      throw e;
    }
  }

  private void rollback(Exception failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private List<Client> clients(String after, long until) throws SQLException {
    List<Client> clients = new ArrayList<>(BATCH_USERS);
    try (PreparedStatement statement = connection.prepareStatement(USERS)) {
      statement.setString(1, after);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          long observedSince = row.getLong("observed_since");
          long end = row.wasNull() ? until : observedSince;
          clients.add(new Client(row.getString("user_id"), row.getLong("created_at"), end));
        }
      }
    }
    return clients;
  }

  private void copy(
      Reconstruction reconstruction,
      long from,
      List<Client> clients,
      CopiedRows rows,
      DailyChanges days)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ORDERS)) {
      statement.setFetchSize(FETCH_ROWS);
      statement.setArray(
          1, connection.createArrayOf("text", clients.stream().map(Client::userId).toArray()));
      try (ResultSet order = statement.executeQuery()) {
        boolean present = order.next();
        for (Client client : clients) {
          orders.clear();
          while (present && order.getString("user_id").equals(client.userId())) {
            add(order);
            present = order.next();
          }
          reconstruction.run(
              orders,
              client.createdAt(),
              from,
              client.until(),
              row -> {
                rows.add(client.userId(), row);
                days.add(row);
              });
          rows.flushIfLarge();
        }
      }
    }
    rows.flush();
  }

  private void add(ResultSet order) throws SQLException {
    orders.add(
        order.getString("order_id"),
        order.getLong("placed_at"),
        order.getLong("amount"),
        order.getLong("refunded"),
        CurrencyCodes.pack(order.getString("currency")),
        order.getBoolean("cancelled"),
        instant(order, "cancelled_at"),
        instant(order, "refunded_at"));
  }

  private static long instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? PastOrders.NEVER : millis;
  }

  private boolean ask(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Rounds down to the milliseconds of the pipeline. */
  private static String millis(String timestamp) {
    return "floor(extract(epoch from " + timestamp + ") * 1000)::bigint";
  }
}
