package io.rekindle.connectors.replay;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.UserChanged;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Looks for the present row of a change in the database. The pipeline remembers a deleted row for a
 * day, so an old change without a row would bring the row back.
 */
final class CurrentRows {

  private final Connection connection;

  CurrentRows(Connection connection) {
    this.connection = connection;
  }

  /** Names the row that a change would bring back; empty if the database has it. */
  Optional<String> missing(Change change) throws SQLException {
    if (change instanceof OrderChanged order) {
      return missing(
          "select from shop.orders where order_id = ? and user_id = ?",
          "shop.orders has no order " + order.orderId() + " of user " + order.userId(),
          order.orderId(),
          order.userId());
    } else if (change instanceof UserChanged user) {
      return missingOfUser("shop.users", user);
    } else if (change instanceof OverrideChanged override) {
      return missingOfUser("engagement.score_overrides", override);
    } else if (change instanceof SuppressionChanged suppression) {
      return missingOfUser("engagement.suppressions", suppression);
    }
    // A removal brings nothing back, and an email stays a contact without its row.
    return Optional.empty();
  }

  /** As {@link #missing(Change)}, for a rule. */
  Optional<String> missing(RuleChange change) throws SQLException {
    if (change instanceof PolicyChanged policy && policy.document() != null) {
      return missing(
          "select from engagement.scoring_policies where policy_version = ?",
          "engagement.scoring_policies has no policy " + policy.policyVersion(),
          policy.policyVersion());
    } else if (change instanceof ModelChanged model && model.document() != null) {
      return missing(
          "select from engagement.models where model_version = ?",
          "engagement.models has no model " + model.modelVersion(),
          model.modelVersion());
    }
    return Optional.empty();
  }

  private Optional<String> missingOfUser(String table, Change change) throws SQLException {
    return missing(
        "select from " + table + " where user_id = ?",
        table + " has no row of user " + change.userId(),
        change.userId());
  }

  private Optional<String> missing(String query, String sentence, String... keys)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < keys.length; i++) {
        statement.setString(i + 1, keys[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.empty() : Optional.of(sentence);
      }
    }
  }
}
