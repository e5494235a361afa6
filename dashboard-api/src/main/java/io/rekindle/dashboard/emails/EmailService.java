package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.policies.PolicyInForce;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads emails, each answer from one snapshot. Thread-safe. */
public final class EmailService {

  private static final String DETAIL =
      """
      select e.*, u.name, u.email as address
      from engagement.emails e left join shop.users u on u.user_id = e.user_id
      where e.email_id = :id
      """;

  private static final String DOCUMENT =
      """
      select e.html, b.logo_url, b.logo_data
      from engagement.emails e
      left join engagement.content_versions v on v.content_version = e.content_version
      left join engagement.brands b on b.version = v.brand_version
      where e.email_id = :id
      """;

  private static final String EXPLANATION =
      """
      select e.email_id, e.user_id, e.status, e.status_reason, e.generated_by, e.generated_at,
             e.model_asked, e.model, e.prompt_version, e.schema_version, e.fallback_reason,
             e.prompt_tokens, e.completion_tokens, e.cost_usd, e.latency_ms as latency_millis, e.calls,
             e.checks, e.sent_at, e.message_id,
             d.decision_id, d.decision, d.reason, d.decided_at, d.score, d.policy_version,
             d.experiment_id, d.arm, d.inputs, r.opened_at as risk_since,
             coalesce(v.attempts, 0) as attempts,
             case when e.status = 'READY' then v.next_attempt_at end as next_attempt_at,
             v.last_error, v.last_reply, v.accepted_at,
             o.window_ends_at, o.window_closed, o.reactivated, o.reactivated_at, o.orders, o.revenue
      from engagement.emails e
      left join engagement.outreach_decisions d on d.episode_id = e.episode_id
      left join engagement.risk_episodes r on r.episode_id = e.episode_id
      left join engagement.deliveries v on v.email_id = e.email_id
      left join engagement.email_outcomes o on o.decision_id = d.decision_id
      where e.email_id = :id
      """;

  private final Snapshots snapshots;

  /**
   * An email as its page shows it.
   *
   * @param currency ISO 4217 code of revenues; null if amounts count at face value
   */
  public record EmailView(EmailDetail email, EmailExplanation explanation, String currency) {}

  public EmailService(Snapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** The emails after a cursor, or the newest ones for null. */
  public ListPage<EmailSummary> page(EmailFilter filter, String cursor, int limit) {
    return snapshots.readOnce(handle -> EmailListQuery.page(handle, filter, cursor, limit));
  }

  /** All emails of a filter, the newest first. */
  ItemSource<EmailSummary> all(EmailFilter filter) {
    return (handle, consumer) -> EmailListQuery.forEach(handle, filter, consumer);
  }

  /** Empty if there is no such email. */
  public Optional<EmailDetail> detail(String emailId) {
    return snapshots.readOnce(handle -> detail(handle, emailId));
  }

  /** The document as its message has it; empty if there is no such email. */
  public Optional<EmailDocument> document(String emailId) {
    return snapshots.readOnce(
        handle ->
            handle.createQuery(DOCUMENT).bind("id", emailId).mapTo(EmailDocument.class).findOne());
  }

  /** Empty if there is no such email. */
  public Optional<EmailExplanation> explanation(String emailId) {
    return snapshots.readOnce(handle -> explanation(handle, emailId));
  }

  /** Empty if there is no such email. */
  public Optional<EmailView> view(String emailId) {
    return snapshots.read(
        handle ->
            detail(handle, emailId)
                .map(
                    email ->
                        new EmailView(
                            email,
                            explanation(handle, emailId).orElseThrow(),
                            PolicyInForce.read(handle).currency())));
  }

  private static Optional<EmailDetail> detail(Handle handle, String emailId) {
    return handle.createQuery(DETAIL).bind("id", emailId).mapTo(EmailDetail.class).findOne();
  }

  private static Optional<EmailExplanation> explanation(Handle handle, String emailId) {
    return handle
        .createQuery(EXPLANATION)
        .bind("id", emailId)
        .mapTo(EmailExplanation.class)
        .findOne();
  }
}
