package io.rekindle.email.sender.outbox;

import io.rekindle.email.LogoImage;
import io.rekindle.email.sender.outbox.OutgoingMessage.Branding;
import io.rekindle.email.sender.outbox.QueuedEmail.OutreachSettings;
import io.rekindle.scoring.contact.Recipient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalTime;
import java.util.Optional;

/** Reads an email with everything that decides whether it may be sent. */
final class RecheckQuery {

  /** The newest order that a decision knew is in its inputs, to the millisecond. */
  private static final String SQL =
      """
      select e.user_id, e.subject, e.text, e.html, e.generated_at, now() as now,
             least(decision.decided_at, e.generated_at) as decided_at,
             case when e.decision_id is null then 'EMAIL' else decision.decision end as decision,
             u.user_id is not null as present, u.email, u.marketing_consent, u.time_zone,
             s.user_id is not null or elsewhere.suppressed as suppressed,
             case when not elsewhere.suppressed then s.address end as address,
             o.id is not null as has_settings, o.enabled, o.cooldown_days, o.quiet_from, o.quiet_until,
             (o.control_share * 1000000)::int as control_ppm, o.control_salt,
             o.updated_at as outreach_updated_at,
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
             episode.closed_at is not null as no_longer_at_risk,
             greatest(
               (select max(coalesce(contact.sent_at, tried.offered_at))
                from engagement.emails contact
                left join engagement.deliveries tried using (email_id)
                where contact.user_id = e.user_id and contact.email_id <> e.email_id
                  and (contact.status = 'SENT' or contact.status_reason = 'UNCONFIRMED')),
               (select max(coalesce(contact.sent_at, tried.offered_at))
                from engagement.deliveries tried
                join engagement.emails contact using (email_id)
                where tried.mailbox_key = engagement.mailbox_key(u.email)
                  and (o.fold_subaddresses or tried.address_key = engagement.address_key(u.email))
                  and tried.email_id <> e.email_id
                  and (contact.status = 'SENT' or contact.status_reason = 'UNCONFIRMED'))
             ) as last_contact_at,
             case when v.review <> 'WAITING' or review.review_first > 0 then v.review
               else 'FREE' end as review,
             b.sender_name, b.reply_to, b.logo_data
      from engagement.emails e
      left join shop.users u on u.user_id = e.user_id
      left join engagement.suppressions s on s.user_id = e.user_id
      left join engagement.outreach_decisions decision on decision.decision_id = e.decision_id
      left join engagement.risk_episodes episode on episode.episode_id = e.episode_id
      left join lateral (
        select case when decision.inputs ->> 'last_order_at' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T'
               then (decision.inputs ->> 'last_order_at')::timestamptz end as last_order_at
      ) known on true
      left join engagement.outreach_settings o on o.id = 1
      left join lateral (
        select exists (select from engagement.suppressions_of(u.email)) as suppressed) elsewhere
        on true
      left join engagement.content_versions v on v.content_version = e.content_version
      left join engagement.brands b on b.version = v.brand_version
      left join engagement.review_settings review on review.id = 1
      where e.email_id = ? and e.status = 'READY'
      """;

  private RecheckQuery() {}

  /** The email as of this moment; empty if it is no longer ready. */
  static Optional<QueuedEmail> execute(Connection connection, String emailId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setString(1, emailId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(email(emailId, row)) : Optional.empty();
      }
    }
  }

  /** Of the columns of engagement.brands in a row. */
  static Branding branding(ResultSet row) throws SQLException {
    String logo = row.getString("logo_data");
    return new Branding(
        row.getString("sender_name"),
        row.getString("reply_to"),
        logo == null ? null : LogoImage.parse(logo));
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
                row.getInt("control_ppm"),
                row.getString("control_salt"),
                row.getObject("quiet_from", LocalTime.class),
                row.getObject("quiet_until", LocalTime.class),
                row.getTimestamp("outreach_updated_at").toInstant())
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
        row.getBoolean("no_longer_at_risk"),
        lastContact == null ? null : lastContact.toInstant(),
        outreach,
        branding(row),
        row.getString("review") == null ? "FREE" : row.getString("review"),
        row.getTimestamp("now").toInstant());
  }
}
