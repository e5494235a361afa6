package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.database.FactorPoints;
import io.rekindle.dashboard.database.Points;
import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.orders.ShopOrder;
import java.math.BigDecimal;
import java.time.Instant;

/** The lists about one client over time, with the parameter {@code userId}. */
public final class ClientHistoryQueries {

  /**
   * A change of the score.
   *
   * @param reconstructed whether it was computed from the orders as they stood at the
   *     reconstruction; false for what was observed
   * @param score null if there was none then
   * @param previousScore null if there was none before
   * @param cause what changed it: ORDER_PLACED, TIME, POLICY…
   * @param causeId the order, policy… that did; null if it was time
   */
  public record ScoreChange(
      Instant asOf,
      boolean reconstructed,
      @Points BigDecimal score,
      String band,
      String segment,
      boolean atRisk,
      FactorPoints breakdown,
      boolean overridden,
      @Points BigDecimal previousScore,
      String previousBand,
      Boolean previousAtRisk,
      String cause,
      String causeId,
      String policyVersion) {}

  /** An email without its text. */
  public record Email(
      String emailId,
      String subject,
      String status,
      String statusReason,
      String generatedBy,
      String experimentId,
      String variant,
      @Points BigDecimal engagementScoreAtTime,
      Instant generatedAt,
      Instant sentAt) {}

  /**
   * The decision of outreach about an episode of risk.
   *
   * @param openedAt when the risk began
   * @param closedAt null as long as it lasts
   * @param inputs the facts behind the decision
   * @param emailId null if there is no email
   */
  public record Decision(
      String decisionId,
      String episodeId,
      String decision,
      String reason,
      Instant decidedAt,
      String experimentId,
      String arm,
      @Points BigDecimal score,
      String policyVersion,
      Instant openedAt,
      Instant closedAt,
      String closeReason,
      String emailId,
      JsonNode inputs) {}

  /**
   * An event of a client.
   *
   * @param kind ORDER, REFUND, CANCELLATION, SCORE, AT_RISK, RECOVERED, DECISION, EMAIL_WRITTEN,
   *     EMAIL_SENT, OVERRIDE, SUPPRESSION, CONSENT or CREATED
   * @param id of the order, email, decision, episode…; null if it has none
   * @param detail further facts, by kind
   */
  public record Event(Instant at, String kind, String id, JsonNode detail) {}

  static final KeysetQuery<ScoreChange> HISTORY =
      new KeysetQuery<>(
          "history",
          """
          select h.as_of, false as reconstructed, {columns}, h.overridden, {points} as breakdown,
                 h.as_of as list_at, lpad(h.revision::text, 20, '0') as list_id
          from engagement.score_history h where h.user_id = :userId
          union all
          select h.as_of, true, {columns}, false, {points}, h.as_of, ''
          from engagement.reconstructed_history h where h.user_id = :userId
          """
              .replace(
                  "{columns}",
                  "h.score, h.band, h.segment, h.at_risk, h.previous_score, h.previous_band,"
                      + " h.previous_at_risk, h.cause, h.cause_id, h.policy_version")
              .replace("{points}", FactorPoints.column("h")),
          ScoreChange.class);

  static final KeysetQuery<ShopOrder> ORDERS =
      new KeysetQuery<>(
          "orders",
          """
          select o.*, o.placed_at as list_at, o.order_id as list_id
          from shop.orders o where o.user_id = :userId
          """,
          ShopOrder.class);

  static final KeysetQuery<Email> EMAILS =
      new KeysetQuery<>(
          "user-emails",
          """
          select email_id, subject, status, status_reason, generated_by, experiment_id, variant,
                 engagement_score_at_time, generated_at, sent_at,
                 generated_at as list_at, email_id as list_id
          from engagement.emails where user_id = :userId
          """,
          Email.class);

  static final KeysetQuery<Decision> DECISIONS =
      new KeysetQuery<>(
          "decisions",
          """
          select d.*, r.opened_at, r.closed_at, r.close_reason, e.email_id,
                 d.decided_at as list_at, d.decision_id as list_id
          from engagement.outreach_decisions d
          left join engagement.risk_episodes r using (episode_id)
          left join engagement.emails e using (episode_id)
          where d.user_id = :userId
          """,
          Decision.class);

  // A refund or a cancellation without an instant has the time of the last change of the order's
  // row, at which it was noticed at the latest.
  static final KeysetQuery<Event> TIMELINE =
      new KeysetQuery<>(
          "timeline",
          """
          select at as list_at, kind || ' ' || coalesce(id, '') || ' ' || n as list_id,
                 at, kind, id, detail
          from (
            select placed_at as at, 'ORDER' as kind, order_id as id, '' as n,
                   jsonb_build_object('amount', amount, 'currency', currency,
                     'category', category, 'status', status) as detail
            from shop.orders where user_id = :userId
            union all
            select greatest(coalesce(refunded_at, updated_at), placed_at), 'REFUND', order_id, '',
                   jsonb_build_object('amount', refunded_amount, 'currency', currency,
                     'timeKnown', refunded_at is not null)
            from shop.orders where user_id = :userId and refunded_amount > 0
            union all
            select greatest(coalesce(cancelled_at, updated_at), placed_at), 'CANCELLATION',
                   order_id, '',
                   jsonb_build_object('amount', amount, 'currency', currency,
                     'timeKnown', cancelled_at is not null)
            from shop.orders where user_id = :userId and status = 'CANCELLED'
            union all
            select as_of, 'SCORE', cause_id, lpad(revision::text, 20, '0'),
                   jsonb_build_object('score', trim_scale(score),
                     'previousScore', trim_scale(previous_score),
                     'band', band, 'segment', segment, 'atRisk', at_risk, 'cause', cause)
            from engagement.score_history where user_id = :userId
            union all
            select noticed_at, 'AT_RISK', episode_id, '',
                   jsonb_build_object('score', trim_scale(score_at_opening), 'since', opened_at)
            from engagement.risk_episodes where user_id = :userId
            union all
            select closed_at, 'RECOVERED', episode_id, '',
                   jsonb_build_object('reason', close_reason)
            from engagement.risk_episodes where user_id = :userId and closed_at is not null
            union all
            select decided_at, 'DECISION', decision_id, '',
                   jsonb_build_object('decision', decision, 'reason', reason, 'arm', arm,
                     'experimentId', experiment_id)
            from engagement.outreach_decisions where user_id = :userId
            union all
            select generated_at, 'EMAIL_WRITTEN', email_id, '',
                   jsonb_build_object('subject', subject, 'status', status,
                     'statusReason', status_reason, 'generatedBy', generated_by)
            from engagement.emails where user_id = :userId
            union all
            select sent_at, 'EMAIL_SENT', email_id, '', jsonb_build_object('subject', subject)
            from engagement.emails where user_id = :userId and sent_at is not null
            union all
            select set_at, 'OVERRIDE', null, '',
                   jsonb_build_object('score', score, 'reason', reason, 'setBy', set_by,
                     'expiresAt', expires_at)
            from engagement.score_overrides where user_id = :userId
            union all
            select created_at, 'SUPPRESSION', null, '',
                   jsonb_build_object('reason', reason, 'detail', detail)
            from engagement.suppressions where user_id = :userId
            union all
            select at, 'CONSENT', null, entry_id::text,
                   jsonb_build_object('marketingConsent', after -> 'marketingConsent', 'by', actor)
            from dashboard.audit_log
            where user_id = :userId and subject_kind = 'USER'
              and after -> 'marketingConsent' is distinct from before -> 'marketingConsent'
              and after is not null
            union all
            select created_at, 'CREATED', null, '',
                   jsonb_build_object('marketingConsent', marketing_consent)
            from shop.users where user_id = :userId) as events
          """,
          Event.class);

  private ClientHistoryQueries() {}
}
