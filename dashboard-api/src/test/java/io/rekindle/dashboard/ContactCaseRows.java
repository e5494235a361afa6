package io.rekindle.dashboard;

import io.rekindle.scoring.contact.ContactCase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Stores contact cases as users at risk, each under the name of the case. */
public final class ContactCaseRows {

  private ContactCaseRows() {}

  /** Stores the user, the suppression and the score of a case. */
  public static void store(TestDatabase database, ContactCase example) throws SQLException {
    try (Connection connection = database.connect()) {
      execute(
          connection,
          "insert into shop.users (user_id, email, marketing_consent) values (?, ?, ?)",
          example.name(),
          own(example, example.address()),
          example.consents());
      if (example.suppressed()) {
        execute(
            connection,
            "insert into engagement.suppressions (user_id, address, reason)"
                + " values (?, ?, 'MANUAL')",
            example.name(),
            own(example, example.suppressedAddress()));
      }
      execute(
          connection,
          """
          insert into engagement.user_scores (user_id, as_of, revision, band, segment, order_count,
            at_risk, at_risk_since, last_contact_at, policy_version)
          values (?, now(), 1, 'LOW', 'LAPSED', 0, true, now() - cast(? as interval),
            now() - cast(? as interval), 'p')
          """,
          example.name(),
          example.opened().toString(),
          example.contacted() == null ? null : example.contacted().toString());
    }
  }

  /** The cases are stored together, and an address is suppressed for each client who has it. */
  private static String own(ContactCase example, String address) {
    return address == null || address.indexOf('@') < 1 ? address : example.name() + "." + address;
  }

  private static void execute(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }
}
