package io.rekindle.dashboard;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads one user's profile and score. Thread-safe if its data source is. */
final class UserProfileQuery {

  private static final String SQL =
      """
      select u.user_id, u.email, u.name, u.preferred_categories, u.time_zone, u.locale,
             u.marketing_consent, u.created_at,
             s.last_order_at, s.order_count, s.average_order_value, s.score, s.band, s.segment,
             s.at_risk, s.at_risk_since, s.recency_points, s.rhythm_points, s.frequency_points,
             s.value_points, s.contact_points, s.overridden, s.computed_score, s.usual_gap_ms,
             s.last_contact_at, s.next_change_at, s.as_of, s.policy_version
      from shop.users u left join engagement.user_scores s using (user_id)
      where u.user_id = ?
      """;

  private final DataSource database;

  UserProfileQuery(DataSource database) {
    this.database = database;
  }

  /** Empty if the shop has no such user. */
  Optional<UserProfile> byId(String userId) throws SQLException {
    if (userId.indexOf('\0') >= 0) {
      return Optional.empty(); // No text in Postgres has one, and it refuses even the question.
    }
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setString(1, userId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(profile(row)) : Optional.empty();
      }
    }
  }

  private static UserProfile profile(ResultSet row) throws SQLException {
    return new UserProfile(
        row.getString("user_id"),
        row.getString("email"),
        row.getString("name"),
        Columns.texts(row, "preferred_categories"),
        row.getString("time_zone"),
        row.getString("locale"),
        row.getBoolean("marketing_consent"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "last_order_at"),
        row.getObject("order_count", Integer.class),
        row.getBigDecimal("average_order_value"),
        Columns.points(row, "score"),
        row.getString("band"),
        row.getString("segment"),
        row.getObject("at_risk", Boolean.class),
        Columns.instant(row, "at_risk_since"),
        breakdown(row),
        row.getObject("overridden", Boolean.class),
        Columns.points(row, "computed_score"),
        row.getObject("usual_gap_ms", Long.class),
        Columns.instant(row, "last_contact_at"),
        Columns.instant(row, "next_change_at"),
        Columns.instant(row, "as_of"),
        row.getString("policy_version"));
  }

  private static UserProfile.Breakdown breakdown(ResultSet row) throws SQLException {
    if (row.getBigDecimal("recency_points") == null) {
      return null;
    }
    return new UserProfile.Breakdown(
        Columns.points(row, "recency_points"),
        Columns.points(row, "rhythm_points"),
        Columns.points(row, "frequency_points"),
        Columns.points(row, "value_points"),
        Columns.points(row, "contact_points"));
  }
}
