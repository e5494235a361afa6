package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.FactorPoints;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads profiles with their scores. Stateless. */
final class ClientProfileQuery {

  /** Columns of the tables u (shop.users) and s (engagement.user_scores); s may have no row. */
  static final String COLUMNS =
      """
      u.user_id, u.email, u.name, u.preferred_categories, u.time_zone, u.locale,
      u.marketing_consent, u.created_at, u.updated_at,
      s.last_order_at as last_order_date, s.order_count, s.average_order_value,
      s.score as engagement_score, s.band, s.segment, s.at_risk, s.at_risk_since,
      {points} as breakdown, s.order_probability, s.value_at_stake,
      s.overridden, s.computed_score, s.usual_gap_ms as usual_gap_millis,
      s.last_contact_at, s.next_change_at, s.as_of, s.policy_version,
      (select max(sent_at) from engagement.emails e
        where e.user_id = u.user_id and e.status = 'SENT') as last_email_date
      """
          .replace("{points}", FactorPoints.column("s"));

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
        .mapTo(ClientProfile.class)
        .findOne();
  }
}
