package io.rekindle.email.sender.web;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Stores suppressions of users who unsubscribed. Thread-safe. */
final class UnsubscribeStore {

  /** A suppression of one address becomes one of the person; one of the person stays as it is. */
  private static final String UNSUBSCRIBE =
      """
      with email as (
        select email_id, user_id from engagement.emails where email_id = ?
      ), suppressed as (
        insert into engagement.suppressions as s (user_id, reason, detail)
        select user_id, 'UNSUBSCRIBED', 'by the link in email ' || email_id from email
        on conflict (user_id) do update
          set address = null, reason = excluded.reason, detail = excluded.detail,
              created_by = excluded.created_by, created_at = excluded.created_at
          where s.address is not null)
      select exists (select 1 from email)
        or exists (select 1 from engagement.test_emails where test_id = ?)
      """;

  private final DataSource database;

  UnsubscribeStore(DataSource database) {
    this.database = database;
  }

  /**
   * Suppresses the person that an email was for; does nothing the second time, and for a test.
   *
   * @return false if there is no such email any more
   */
  boolean unsubscribe(String emailId) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(UNSUBSCRIBE)) {
      statement.setString(1, emailId);
      statement.setString(2, emailId);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
