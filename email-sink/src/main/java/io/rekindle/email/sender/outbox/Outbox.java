package io.rekindle.email.sender.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The emails that are ready, for one of any number of senders. An email belongs to the sender that
 * holds its lease; time is the database's, so that senders' clocks do not matter. Thread-safe. The
 * class is long, since it has all statements that change deliveries, whose guards fit each other.
 */
public final class Outbox {

  private static final int MAX_TEXT = 1_000;

  /**
   * Emails that are ready.
   *
   * @param due those that nothing but the day's cap and the sending rate holds back
   * @param waiting those for a later time, such as after quiet hours or a server's "later"
   * @param oldestSeconds age of the oldest of both; 0 without any
   */
  record Queue(long due, long waiting, double oldestSeconds) {}

  /**
   * An attempt that begins.
   *
   * @param number counts from 1
   * @param unconfirmed attempts whose result is not known, this one included
   */
  record Attempt(int number, int unconfirmed) {}

  /** What an attempt without success leaves behind. */
  enum Effect {
    /** The server does not have the email. */
    ATTEMPT(0, 1),
    /** The server does not have the email, and the attempt does not count. */
    NO_ATTEMPT(1, 1),
    /** The server may have the email. */
    UNKNOWN(0, 0),
    /** There was none. */
    NONE(0, 0);

    private final int uncounted;
    private final int confirmed;

    Effect(int uncounted, int confirmed) {
      this.uncounted = uncounted;
      this.confirmed = confirmed;
    }
  }

  /**
   * One sender at a time takes emails of the day: a second would count with a snapshot from before
   * the first one's leases. A sender that stalls in between loses its turn.
   */
  private static final String TAKE_TURN =
      """
      set local idle_in_transaction_session_timeout = '10s';
      select pg_advisory_xact_lock(hashtext('engagement.deliveries'))
      """;

  /**
   * The cap of a UTC day ({@code daily_cap}), less the emails that servers took today and those
   * that senders hold, is the number of emails to take. Decisions keep the cap by event time: a job
   * that catches up decides several days at once, and the emails of each day wait here for a day of
   * their own. An email that is too old is taken at any time, and then cancelled.
   *
   * <p>Texts that wait for an approval hold their emails back. With one approval of two, no more
   * emails are taken at once than the version may still send.
   *
   * <p>The row lock keeps two senders from reading one email at once. This statement's snapshot
   * does not have a lease that began in between; the condition in the last lines sees it.
   */
  private static final String LEASE =
      """
      with today as (
        select s.daily_cap
          - (select count(*) from engagement.deliveries
             where accepted_at >= date_trunc('day', now(), 'UTC'))
          - (select count(*) from engagement.deliveries where leased_until > now()) as remaining
        from engagement.outreach_settings s where s.enabled),
      limited as (select content_version, remaining from engagement.version_allowances)
      insert into engagement.deliveries as d (email_id, leased_by, leased_until)
      select email_id, ?, now() + ? * interval '1 millisecond'
      from (
        select e.email_id
        from engagement.emails e left join engagement.deliveries d using (email_id)
        where e.status = 'READY'
          and (d.leased_until is null or d.leased_until <= now())
          and (d.next_attempt_at is null or d.next_attempt_at <= now()
               or d.held_under <> (select updated_at from engagement.outreach_settings))
          and (e.decision_id is null
               or e.generated_at <= now() - ? * interval '1 millisecond'
               or exists (select 1 from engagement.outreach_decisions x
                          where x.decision_id = e.decision_id))
          and ((exists (select 1 from today where remaining > 0)
                and not exists (select 1 from limited l
                                where l.content_version = e.content_version and l.remaining <= 0))
               or e.generated_at <= now() - ? * interval '1 millisecond')
        order by coalesce(d.attempts, 0), e.generated_at, e.email_id
        limit least(?, (select remaining from today where remaining > 0),
                    (select min(remaining) from limited where remaining > 0))
        for update of e skip locked) due
      on conflict (email_id) do update
        set leased_by = excluded.leased_by, leased_until = excluded.leased_until
        where (d.leased_until is null or d.leased_until <= now())
          and (d.next_attempt_at <= now()
               or d.held_under <> (select updated_at from engagement.outreach_settings))
      returning email_id
      """;

  /**
   * Two emails to one address at a time would both be within the cooldown of the other. The lock
   * makes the senders look one after another.
   */
  private static final String LOCK_ADDRESS =
      "select pg_advisory_xact_lock(hashtext('engagement.mailbox'), hashtext(engagement.mailbox_key(?)::text))";

  private static final String BEGIN =
      """
      update engagement.deliveries d
      set attempts = attempts + 1, unconfirmed = unconfirmed + 1, offered_at = now(),
          address_key = engagement.address_key(?), mailbox_key = engagement.mailbox_key(?),
          leased_until = now() + ? * interval '1 millisecond'
      where email_id = ? and leased_by = ? and leased_until > now()
        and not exists (
          select from engagement.deliveries other
          left join engagement.outreach_settings o on o.id = 1
          where other.mailbox_key = engagement.mailbox_key(?)
            and (o.fold_subaddresses or other.address_key = engagement.address_key(?))
            and other.email_id <> d.email_id
            and (other.accepted_at > now() - coalesce(o.cooldown_days, 0) * interval '24 hours'
                 or (other.leased_until > now() and other.offered_at is not null)))
      returning attempts, unconfirmed
      """;

  private static final String RENEW =
      """
      update engagement.deliveries set leased_until = now() + ? * interval '1 millisecond'
      where leased_by = ? and leased_until > now()
      """;

  private static final String RELEASE =
      """
      update engagement.deliveries set leased_by = null, leased_until = null
      where leased_by = ? and email_id is distinct from ?
      """;

  private static final String POSTPONE =
      """
      update engagement.deliveries
      set attempts = greatest(attempts - ?, 0), unconfirmed = greatest(unconfirmed - ?, 0),
          next_attempt_at = ?, held_under = ?, last_error = ?,
          last_reply = coalesce(?, last_reply),
          leased_by = null, leased_until = null
      where email_id = ? and leased_by = ?
      """;

  /** One statement is one transaction: the shortest there is between the server and the table. */
  private static final String ACCEPTED =
      """
      with sent as (
        update engagement.emails
        set status = 'SENT', status_reason = null, sent_at = now(), message_id = ?
        where email_id = ? and status = 'READY')
      update engagement.deliveries
      set accepted_at = now(), last_error = null, last_reply = ?, unconfirmed = 0,
          leased_by = null, leased_until = null
      where email_id = ?
      """;

  private static final String CLOSE =
      """
      with closed as (
        update engagement.emails set status = ?, status_reason = ?
        where email_id = ? and status = 'READY')
      update engagement.deliveries
      set last_error = ?, last_reply = coalesce(?, last_reply),
          leased_by = null, leased_until = null
      where email_id = ?
      """;

  /**
   * Closes a refused email, unless another sender offers it at the moment. A suppression of the
   * person takes precedence over one of an address.
   */
  private static final String CLOSE_REFUSED =
      """
      with free as materialized (
        select email_id from engagement.deliveries
        where email_id = ? and (leased_by is null or leased_by = ? or leased_until <= now())
        for update),
      closed as (
        update engagement.emails set status = 'FAILED', status_reason = ?
        where email_id in (select email_id from free) and status = 'READY'
        returning email_id, user_id),
      suppressed as (
        insert into engagement.suppressions as s (user_id, address, reason, detail)
        select user_id, ?, 'BOUNCED', ? from closed where ?
        on conflict (user_id) do update
          set address = excluded.address, reason = excluded.reason, detail = excluded.detail,
              created_by = excluded.created_by, created_at = excluded.created_at
          where s.address is not null)
      update engagement.deliveries
      set last_error = ?, last_reply = ?, unconfirmed = 0, leased_by = null, leased_until = null
      where email_id in (select email_id from closed)
      """;

  private static final String QUEUE =
      """
      select count(*) filter (
               where (d.next_attempt_at is null or d.next_attempt_at <= now()) and not held) as due,
             count(*) filter (where d.next_attempt_at > now() or held) as waiting,
             coalesce(extract(epoch from now() - min(e.generated_at)), 0)::float8 as oldest
      from engagement.emails e left join engagement.deliveries d using (email_id)
      cross join lateral (
        select exists (select 1 from engagement.version_allowances l
                       where l.content_version = e.content_version and l.remaining <= 0)) h (held)
      where e.status = 'READY'
      """;

  private final DataSource database;
  private final String owner;
  private final Duration lease;
  private final Duration expiry;

  /**
   * @param owner names the sender, unlike any other that is or was
   * @param lease for how long emails belong to a sender that does not renew
   * @param expiry age from which on emails are taken even though outreach is paused
   */
  public Outbox(DataSource database, String owner, Duration lease, Duration expiry) {
    this.database = database;
    this.owner = owner;
    this.lease = lease;
    this.expiry = expiry;
  }

  /**
   * Takes emails that are due, as far as the cap of the day allows, those with the fewest attempts
   * first, and of these the oldest. An email that fails each time thus blocks no other.
   */
  List<String> lease(int max) throws SQLException {
    List<String> ids = new ArrayList<>();
    inTransaction(
        connection -> {
          try (Statement turn = connection.createStatement();
              PreparedStatement statement = connection.prepareStatement(LEASE)) {
            turn.execute(TAKE_TURN);
            bind(
                statement,
                owner,
                lease.toMillis(),
                Verdict.DECISION_WAIT.toMillis(),
                expiry.toMillis(),
                max);
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                ids.add(row.getString(1));
              }
            }
          }
        });
    return ids;
  }

  /** The emails that all senders together have before them. */
  Queue queue() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(QUEUE);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new Queue(row.getLong("due"), row.getLong("waiting"), row.getDouble("oldest"));
    }
  }

  /** Everything about an email as it is at this moment; empty if it is no longer ready. */
  Optional<QueuedEmail> recheck(String emailId) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return RecheckQuery.execute(connection, emailId);
    }
  }

  /**
   * Counts an attempt before it is made, so that an email that kills its sender is not tried for
   * ever.
   *
   * @param address to which it is offered
   * @return empty if the email is not this sender's any more, or if its address gets or got another
   *     one within the cooldown
   */
  Optional<Attempt> begin(String emailId, String address) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement lock = connection.prepareStatement(LOCK_ADDRESS);
          PreparedStatement statement = connection.prepareStatement(BEGIN)) {
        bind(lock, address);
        lock.executeQuery().close();
        bind(statement, address, address, lease.toMillis(), emailId, owner, address, address);
        Optional<Attempt> begun = Optional.empty();
        try (ResultSet row = statement.executeQuery()) {
          if (row.next()) {
            begun = Optional.of(new Attempt(row.getInt(1), row.getInt(2)));
          }
        }
        connection.commit();
        return begun;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** Renews the leases of this sender. */
  public void renew() throws SQLException {
    execute(RENEW, lease.toMillis(), owner);
  }

  /** Gives back all emails of this sender. */
  void release() throws SQLException {
    releaseAllBut(null);
  }

  /**
   * Gives back all emails of this sender but one.
   *
   * @param emailId null for no exception
   */
  void releaseAllBut(String emailId) throws SQLException {
    execute(RELEASE, owner, emailId);
  }

  /**
   * Gives an email back until then.
   *
   * @param reply the SMTP server's words; null if they are those from before
   */
  void postpone(String emailId, Effect effect, Instant until, String why, String reply)
      throws SQLException {
    postpone(emailId, effect, until, null, why, reply);
  }

  /** Gives an email back until a rule lets it go, or until that rule changes. */
  void hold(String emailId, Verdict.Hold hold) throws SQLException {
    Timestamp rules = hold.rules() == null ? null : Timestamp.from(hold.rules());
    postpone(emailId, Effect.NONE, hold.until(), rules, hold.why(), null);
  }

  private void postpone(
      String emailId, Effect effect, Instant until, Timestamp rules, String why, String reply)
      throws SQLException {
    execute(
        POSTPONE,
        effect.uncounted,
        effect.confirmed,
        Timestamp.from(until),
        rules,
        why,
        storable(reply),
        emailId,
        owner);
  }

  /** Stores that the server has the email, even if another sender holds the lease by now. */
  void accepted(String emailId, DeliveryResult.Accepted outcome) throws SQLException {
    execute(ACCEPTED, outcome.messageId(), emailId, storable(outcome.reply()), emailId);
  }

  void logged(String emailId) throws SQLException {
    close(emailId, "LOGGED", null, null);
  }

  void cancelled(String emailId, Verdict.Reason reason) throws SQLException {
    close(emailId, "CANCELLED", reason.name(), null);
  }

  /**
   * @param reply the SMTP server's words; null if they are those from before
   */
  void failed(String emailId, FailureReason reason, String reply) throws SQLException {
    close(emailId, "FAILED", reason.name(), reply);
  }

  /** Stores a refusal for good. An address that takes no mail becomes a suppression. */
  void refused(Refusals.Refused refused, FailureReason reason) throws SQLException {
    String reply = storable(refused.reply().text());
    execute(
        CLOSE_REFUSED,
        refused.emailId(),
        owner,
        reason.name(),
        refused.address(),
        reply,
        refused.isGone(),
        reason.name(),
        reply);
  }

  private void close(String emailId, String status, String reason, String reply)
      throws SQLException {
    try (Connection connection = database.getConnection()) {
      close(connection, emailId, status, reason, reply);
    }
  }

  private static void close(
      Connection connection, String emailId, String status, String reason, String reply)
      throws SQLException {
    execute(connection, CLOSE, status, reason, emailId, reason, storable(reply), emailId);
  }

  private void execute(String sql, Object... values) throws SQLException {
    try (Connection connection = database.getConnection()) {
      execute(connection, sql, values);
    }
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  @FunctionalInterface
  private interface Work {
    void on(Connection connection) throws SQLException;
  }

  private void inTransaction(Work work) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        work.on(connection);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** The text of a server may be of any length, and may have characters that Postgres refuses. */
  static String storable(String reply) {
    if (reply == null) {
      return null;
    }
    String text = reply.replace('\0', ' ').strip();
    return text.substring(0, Math.min(text.length(), MAX_TEXT));
  }
}
