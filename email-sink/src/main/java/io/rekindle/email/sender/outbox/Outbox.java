package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.outbox.QueuedEmail.OutreachSettings;
import io.rekindle.scoring.contact.Recipient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The emails that are ready, for one of any number of senders. An email belongs to the sender that
 * holds its lease; time is the database's, so that senders' clocks do not matter. Thread-safe.
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
   * One sender at a time gives out what is left of the day: a second would count with a snapshot
   * from before the first one's leases. A sender that stalls in between loses its turn.
   */
  private static final String TAKE_TURN =
      """
      set local idle_in_transaction_session_timeout = '10s';
      select pg_advisory_xact_lock(hashtext('engagement.deliveries'))
      """;

  /**
   * Of the emails that a UTC day may have ({@code daily_cap}), those that servers took today and
   * those in some sender's hands are gone. The cap of the decisions is one of event time: a job
   * that catches up decides several days at once, and this is where each of them waits for a day of
   * its own. An email that is too old is taken at any time, and then cancelled.
   *
   * <p>The row lock keeps two senders from looking at one email at once. A lease given in between
   * is not in this statement's snapshot; the condition on the newest row, in the last lines, sees
   * it.
   */
  private static final String LEASE =
      """
      with today as (
        select s.daily_cap
          - (select count(*) from engagement.deliveries
             where accepted_at >= date_trunc('day', now(), 'UTC'))
          - (select count(*) from engagement.deliveries where leased_until > now()) as remaining
        from engagement.outreach_settings s where s.enabled)
      insert into engagement.deliveries as d (email_id, leased_by, leased_until)
      select email_id, ?, now() + ? * interval '1 millisecond'
      from (
        select e.email_id
        from engagement.emails e left join engagement.deliveries d using (email_id)
        where e.status = 'READY'
          and (d.leased_until is null or d.leased_until <= now())
          and (d.next_attempt_at is null or d.next_attempt_at <= now())
          and (e.decision_id is null
               or e.generated_at <= now() - ? * interval '1 millisecond'
               or exists (select 1 from engagement.outreach_decisions x
                          where x.decision_id = e.decision_id))
          and (exists (select 1 from today where remaining > 0)
               or e.generated_at <= now() - ? * interval '1 millisecond')
        order by coalesce(d.attempts, 0), e.generated_at, e.email_id
        limit least(?, (select remaining from today where remaining > 0))
        for update of e skip locked) due
      on conflict (email_id) do update
        set leased_by = excluded.leased_by, leased_until = excluded.leased_until
        where (d.leased_until is null or d.leased_until <= now()) and d.next_attempt_at <= now()
      returning email_id
      """;

  /** The newest order that a decision knew is in its inputs, to the millisecond. */
  private static final String RECHECK =
      """
      select e.user_id, e.subject, e.text, e.html, e.generated_at, now() as now,
             least(decision.decided_at, e.generated_at) as decided_at,
             case when e.decision_id is null then 'EMAIL' else decision.decision end as decision,
             u.user_id is not null as present, u.email, u.marketing_consent, u.time_zone,
             s.user_id is not null as suppressed, s.address,
             o.id is not null as has_settings, o.enabled, o.cooldown_days, o.quiet_from, o.quiet_until,
             exists (
               select 1 from shop.orders placed
               where placed.user_id = e.user_id and placed.status = 'PLACED'
                 and placed.refunded_amount < placed.amount
                 and case
                   when known.last_order_at is null
                   then placed.placed_at > coalesce(decision.decided_at, e.generated_at)
                   else date_trunc('milliseconds', placed.placed_at) > known.last_order_at
                 end
             ) as ordered_since,
             (select max(contact.sent_at) from engagement.emails contact
              where contact.user_id = e.user_id and contact.email_id <> e.email_id
                and contact.status = 'SENT') as last_contact_at
      from engagement.emails e
      left join shop.users u on u.user_id = e.user_id
      left join engagement.suppressions s on s.user_id = e.user_id
      left join engagement.outreach_decisions decision on decision.decision_id = e.decision_id
      left join lateral (
        select case when decision.inputs ->> 'last_order_at' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T'
               then (decision.inputs ->> 'last_order_at')::timestamptz end as last_order_at
      ) known on true
      left join engagement.outreach_settings o on o.id = 1
      where e.email_id = ? and e.status = 'READY'
      """;

  private static final String BEGIN =
      """
      update engagement.deliveries
      set attempts = attempts + 1, leased_until = now() + ? * interval '1 millisecond'
      where email_id = ? and leased_by = ? and leased_until > now()
      returning attempts
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
      set next_attempt_at = ?, last_error = ?, last_reply = coalesce(?, last_reply),
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
      set accepted_at = now(), last_error = null, last_reply = ?,
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

  /** A suppression of the person takes precedence over one of an address. */
  private static final String SUPPRESS_ADDRESS =
      """
      insert into engagement.suppressions as s (user_id, address, reason, detail)
      values (?, ?, 'BOUNCED', ?)
      on conflict (user_id) do update
        set address = excluded.address, reason = excluded.reason, detail = excluded.detail,
            created_by = excluded.created_by, created_at = excluded.created_at
        where s.address is not null
      """;

  private static final String QUEUE =
      """
      select count(*) filter (where d.next_attempt_at is null or d.next_attempt_at <= now()) as due,
             count(*) filter (where d.next_attempt_at > now()) as waiting,
             coalesce(extract(epoch from now() - min(e.generated_at)), 0)::float8 as oldest
      from engagement.emails e left join engagement.deliveries d using (email_id)
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
    try (Connection connection = database.getConnection();
        Statement turn = connection.createStatement();
        PreparedStatement statement = connection.prepareStatement(LEASE)) {
      connection.setAutoCommit(false);
      try {
        turn.execute(TAKE_TURN);
        statement.setString(1, owner);
        statement.setLong(2, lease.toMillis());
        statement.setLong(3, Verdict.DECISION_WAIT.toMillis());
        statement.setLong(4, expiry.toMillis());
        statement.setInt(5, max);
        List<String> ids = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            ids.add(row.getString(1));
          }
        }
        connection.commit();
        return ids;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** What all senders together have before them. */
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
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(RECHECK)) {
      statement.setString(1, emailId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(email(emailId, row)) : Optional.empty();
      }
    }
  }

  private static QueuedEmail email(String emailId, ResultSet row) throws SQLException {
    Recipient recipient =
        row.getBoolean("present")
            ? new Recipient(
                row.getBoolean("marketing_consent"),
                row.getString("email"),
                row.getBoolean("suppressed"),
                row.getString("address"))
            : null;
    OutreachSettings outreach =
        row.getBoolean("has_settings")
            ? new OutreachSettings(
                row.getBoolean("enabled"),
                row.getInt("cooldown_days"),
                row.getObject("quiet_from", LocalTime.class),
                row.getObject("quiet_until", LocalTime.class))
            : null;
    Timestamp lastContact = row.getTimestamp("last_contact_at");
    return new QueuedEmail(
        emailId,
        row.getString("user_id"),
        row.getString("subject"),
        row.getString("text"),
        row.getString("html"),
        row.getTimestamp("generated_at").toInstant(),
        row.getTimestamp("decided_at").toInstant(),
        row.getString("decision"),
        recipient,
        row.getString("time_zone"),
        row.getBoolean("ordered_since"),
        lastContact == null ? null : lastContact.toInstant(),
        outreach,
        row.getTimestamp("now").toInstant());
  }

  /**
   * Counts an attempt before it is made, so that an email that kills its sender is not tried for
   * ever.
   *
   * @return how many there have been with this one; 0 if the email is not this sender's any more
   */
  int begin(String emailId) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(BEGIN)) {
      statement.setLong(1, lease.toMillis());
      statement.setString(2, emailId);
      statement.setString(3, owner);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }

  /** Keeps what this sender has for another while. */
  public void renew() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(RENEW)) {
      statement.setLong(1, lease.toMillis());
      statement.setString(2, owner);
      statement.executeUpdate();
    }
  }

  /** Gives back what this sender has. */
  void release() throws SQLException {
    releaseAllBut(null);
  }

  /**
   * Gives back what this sender has, except for one email.
   *
   * @param emailId null for no exception
   */
  void releaseAllBut(String emailId) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(RELEASE)) {
      statement.setString(1, owner);
      statement.setString(2, emailId);
      statement.executeUpdate();
    }
  }

  /**
   * Gives an email back until then.
   *
   * @param reply the SMTP server's words; null if they are those from before
   */
  void postpone(String emailId, Instant until, String why, String reply) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(POSTPONE)) {
      statement.setTimestamp(1, Timestamp.from(until));
      statement.setString(2, why);
      statement.setString(3, storable(reply));
      statement.setString(4, emailId);
      statement.setString(5, owner);
      statement.executeUpdate();
    }
  }

  /** Stores that the server has the email, even if another sender holds the lease by now. */
  void accepted(String emailId, DeliveryResult.Accepted outcome) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(ACCEPTED)) {
      statement.setString(1, outcome.messageId());
      statement.setString(2, emailId);
      statement.setString(3, storable(outcome.reply()));
      statement.setString(4, emailId);
      statement.executeUpdate();
    }
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

  /** The address takes no mail: neither this email nor another is worth trying. */
  void bounced(QueuedEmail email, String reply) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        close(connection, email.emailId(), "FAILED", FailureReason.RECIPIENT_REFUSED.name(), reply);
        try (PreparedStatement statement = connection.prepareStatement(SUPPRESS_ADDRESS)) {
          statement.setString(1, email.userId());
          statement.setString(2, email.recipient().address());
          statement.setString(3, storable(reply));
          statement.executeUpdate();
        }
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
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
    try (PreparedStatement statement = connection.prepareStatement(CLOSE)) {
      statement.setString(1, status);
      statement.setString(2, reason);
      statement.setString(3, emailId);
      statement.setString(4, reason);
      statement.setString(5, storable(reply));
      statement.setString(6, emailId);
      statement.executeUpdate();
    }
  }

  /** Servers answer what they like. */
  private static String storable(String reply) {
    if (reply == null) {
      return null;
    }
    String text = reply.replace('\0', ' ').strip();
    return text.substring(0, Math.min(text.length(), MAX_TEXT));
  }
}
