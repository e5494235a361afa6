package io.rekindle.email.sender.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The tests that people of the shop send themselves. They have a table of their own, so that no
 * contact, cap or statistic can count them. Thread-safe.
 */
public final class TestOutbox {

  /** More attempts would come when the person waits no more. */
  static final int MAX_ATTEMPTS = 3;

  /** An attempt counts before it is made. The next may come when this one must have ended. */
  private static final String TAKE =
      """
      with taken as (
        update engagement.test_emails
        set attempts = attempts + 1, next_attempt_at = now() + interval '1 minute'
        where test_id = (
          select test_id from engagement.test_emails
          where status = 'READY' and next_attempt_at <= now()
          order by requested_at, test_id limit 1 for update skip locked)
        returning *)
      select t.*, b.sender_name, b.reply_to, b.logo_data, now() as now
      from taken t join engagement.brands b on b.version = t.brand_version
      """;

  /** The texts have a client's facts, which are not needed any more. */
  private static final String END =
      """
      update engagement.test_emails
      set status = ?, last_error = ?, sent_at = case when ? = 'SENT' then now() end,
          html = '', text = ''
      where test_id = ?
      """;

  private static final String POSTPONE =
      "update engagement.test_emails set last_error = ? where test_id = ?";

  private final DataSource database;

  public TestOutbox(DataSource database) {
    this.database = database;
  }

  /**
   * A test to be sent.
   *
   * @param attempt counts from 1, this one included
   */
  record TestEmail(OutgoingMessage message, String recipient, int attempt) {}

  /** Takes the oldest test that is due. */
  Optional<TestEmail> take() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(TAKE);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.of(test(row)) : Optional.empty();
    }
  }

  private static TestEmail test(ResultSet row) throws SQLException {
    return new TestEmail(
        new OutgoingMessage(
            row.getString("test_id"),
            row.getString("subject"),
            row.getString("text"),
            row.getString("html"),
            RecheckQuery.branding(row),
            true,
            row.getTimestamp("now").toInstant()),
        row.getString("recipient"),
        row.getInt("attempts"));
  }

  /** Stores that a test is over. */
  void end(String testId, String status, String error) throws SQLException {
    execute(END, status, Outbox.storable(error), status, testId);
  }

  /** Stores why a test has to wait for its next attempt. */
  void postpone(String testId, String error) throws SQLException {
    execute(POSTPONE, Outbox.storable(error), testId);
  }

  private void execute(String sql, Object... values) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
