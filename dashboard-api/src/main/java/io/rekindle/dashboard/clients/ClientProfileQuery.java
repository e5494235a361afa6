package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.scoring.factor.Factor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads profiles with their scores. Stateless. */
final class ClientProfileQuery {

  /** Of the tables u (shop.users) and s (engagement.user_scores), whose row may be absent. */
  static final String COLUMNS =
      """
      u.user_id, u.email, u.name, u.preferred_categories, u.time_zone, u.locale,
      u.marketing_consent, u.created_at, u.updated_at,
      s.last_order_at, s.order_count, s.average_order_value, s.score, s.band, s.segment,
      s.at_risk, s.at_risk_since, {points}, s.overridden, s.computed_score, s.usual_gap_ms,
      s.last_contact_at, s.next_change_at, s.as_of, s.policy_version,
      (select max(sent_at) from engagement.emails e
        where e.user_id = u.user_id and e.status = 'SENT') as last_email_at
      """
          .replace(
              "{points}",
              Arrays.stream(Factor.values())
                  .map(factor -> "s." + factor.column())
                  .collect(Collectors.joining(", ")));

  private ClientProfileQuery() {}

  /** Empty if the shop has no such user. */
  static Optional<ClientProfile> byId(Handle handle, String userId) {
    return handle
        .createQuery(
            "select "
                + COLUMNS
                + """
                from shop.users u left join engagement.user_scores s using (user_id)
                where u.user_id = :userId
                """)
        .bind("userId", userId)
        .map(ClientProfileQuery::profile)
        .findOne();
  }

  static ClientProfile profile(ResultSet row, StatementContext context) throws SQLException {
    return new ClientProfile(
        row.getString("user_id"),
        row.getString("email"),
        row.getString("name"),
        NullableColumns.texts(row, "preferred_categories"),
        row.getString("time_zone"),
        row.getString("locale"),
        row.getBoolean("marketing_consent"),
        NullableColumns.instant(row, "last_order_at"),
        row.getObject("order_count", Integer.class),
        row.getBigDecimal("average_order_value"),
        NullableColumns.points(row, "score"),
        row.getString("band"),
        row.getString("segment"),
        row.getObject("at_risk", Boolean.class),
        NullableColumns.instant(row, "at_risk_since"),
        FactorPoints.read(row),
        row.getObject("overridden", Boolean.class),
        NullableColumns.points(row, "computed_score"),
        row.getObject("usual_gap_ms", Long.class),
        NullableColumns.instant(row, "last_contact_at"),
        NullableColumns.instant(row, "last_email_at"),
        NullableColumns.instant(row, "next_change_at"),
        NullableColumns.instant(row, "as_of"),
        row.getString("policy_version"),
        NullableColumns.instant(row, "created_at"),
        NullableColumns.instant(row, "updated_at"));
  }
}
