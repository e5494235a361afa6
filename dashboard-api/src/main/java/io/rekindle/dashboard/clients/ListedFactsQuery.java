package io.rekindle.dashboard.clients;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.Nested;

/** Looks up what a list shows of each of its clients besides the profile. Stateless. */
public final class ListedFactsQuery {

  /**
   * The sender's rules in SQL say what an email waits for. Only quiet hours set {@code held_under}.
   * Once the settings differ from it, the sender takes the email up at once.
   */
  private static final String SQL =
      """
      with rules as materialized (
        select o.*,
          o.daily_cap <= (select count(*) from engagement.deliveries
              where accepted_at >= date_trunc('day', now(), 'UTC'))
            + (select count(*) from engagement.deliveries where leased_until > now()) as is_cap_used
        from engagement.outreach_settings o)
      select *,
        contact_obstacle is null as contactable,
        case email_waits_for
          when 'QUIET_HOURS' then next_attempt_at
          when 'RETRY' then next_attempt_at
          when 'DAILY_CAP' then date_trunc('day', now(), 'UTC') + interval '24 hours'
        end as email_waits_until
      from (
        select asked.user_id,
          dashboard.country_of(u.locale) as country, dashboard.language_of(u.locale) as language,
          first.at as first_order_date,
          round(s.order_count * s.average_order_value, 2) as total_spend,
          coalesce(engagement.winnable(s.segment, s.at_risk), false) as winnable,
          rule.obstacle as contact_obstacle,
          case when rule.obstacle = 'RECENTLY_CONTACTED'
            then s.last_contact_at + o.cooldown_days * interval '24 hours' end as next_contact_at,
          episode.episode_id is not null and decided.decision_id is null as decision_pending,
          d.decision as last_decision, d.reason as last_decision_reason,
          d.decided_at as last_decision_at, d.arm as variant,
          e.email_id as last_email_id, e.status as last_email_status,
          e.status_reason as last_email_status_reason, y.next_attempt_at,
          case when e.status = 'READY' then case
            when not o.enabled then 'PAUSED'
            when y.next_attempt_at > now() and y.held_under = o.updated_at then 'QUIET_HOURS'
            when y.next_attempt_at > now() and y.last_error = 'not decided yet' then 'NOT_DECIDED'
            when y.next_attempt_at > now() and y.held_under is null
              and y.last_error <> 'outreach is paused' then 'RETRY'
            when o.is_cap_used then 'DAILY_CAP'
            else 'SENDER' end end as email_waits_for
        from unnest(:ids) as asked (user_id)
        left join rules o on true
        left join shop.users u on u.user_id = asked.user_id
        left join engagement.user_scores s on s.user_id = asked.user_id
        left join lateral (
          select case when count(*) = 0 then 'USER_REMOVED' else max(c.obstacle) end as obstacle
          from engagement.contact_now c where c.user_id = asked.user_id) as rule on true
        left join lateral ({first}) as first on true
        left join lateral (
          select * from engagement.outreach_decisions x where x.user_id = asked.user_id
          order by x.decided_at desc limit 1) as d on true
        left join lateral (
          select * from engagement.emails x where x.user_id = asked.user_id
          order by x.generated_at desc limit 1) as e on true
        left join engagement.deliveries y on y.email_id = e.email_id
        left join lateral (
          select r.episode_id from engagement.risk_episodes r
          where r.user_id = asked.user_id and r.closed_at is null
          order by r.opened_at desc limit 1) as episode on true
        left join engagement.outreach_decisions decided
          on decided.episode_id = episode.episode_id) as facts
      """
          .replace("{first}", ClientConditions.firstOrderOf("asked.user_id"));

  private ListedFactsQuery() {}

  /**
   * What is looked up of a client.
   *
   * @param country ISO 3166 code by the locale; null if it has none
   * @param language ISO 639 code by the locale; null if it has none
   * @param firstOrderDate when the first effective order was placed; null without one
   * @param totalSpend of all effective orders ever, in units of the policy's base currency: their
   *     number times their average, which is rounded; null without a score
   * @param winnable whether the client is at risk and can still be won back
   * @param contactable whether the client may be written to now
   * @param contactObstacle why not; null if nothing speaks against it
   * @param nextContactAt when the last email is long enough ago; null if it is not the obstacle
   * @param decisionPending whether the client's open episode is not decided yet
   * @param lastDecision EMAIL, HOLDOUT or SKIP; null without a decision
   * @param variant the arm of the last decision, or HOLDOUT; null for a SKIP
   * @param lastEmailId the newest email; null without one
   * @param emailWaitsFor what the newest email waits for; null unless it waits
   * @param emailWaitsUntil when it ceases to wait for that; null if that is not known
   */
  public record ListedFacts(
      String country,
      String language,
      Instant firstOrderDate,
      BigDecimal totalSpend,
      boolean winnable,
      boolean contactable,
      String contactObstacle,
      Instant nextContactAt,
      boolean decisionPending,
      String lastDecision,
      String lastDecisionReason,
      Instant lastDecisionAt,
      String variant,
      String lastEmailId,
      String lastEmailStatus,
      String lastEmailStatusReason,
      String emailWaitsFor,
      Instant emailWaitsUntil) {}

  private record FactsRow(String userId, @Nested ListedFacts facts) {}

  /** The facts about each client that is asked for, by id. */
  static Map<String, ListedFacts> of(Handle handle, List<String> userIds) {
    return handle
        .createQuery(SQL)
        .bindArray("ids", String.class, userIds)
        .mapTo(FactsRow.class)
        .collect(Collectors.toMap(FactsRow::userId, FactsRow::facts));
  }
}
