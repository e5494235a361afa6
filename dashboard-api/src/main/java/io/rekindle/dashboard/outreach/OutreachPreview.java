package io.rekindle.dashboard.outreach;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.statistics.ReasonCount;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The decisions about all clients at risk now, by the present rules and by changed ones.
 *
 * @param atRisk how many clients are
 */
public record OutreachPreview(Instant asOf, long atRisk, RuleOutcome before, RuleOutcome after) {

  private static final int WEEK = 7;

  /** The pipeline's reason for clients over the daily cap. */
  private static final String OVER_CAP = "OVER_DAILY_CAP";

  /**
   * The decisions by one set of rules.
   *
   * @param email clients who would be written to, at most the daily cap
   * @param holdout clients of the holdout
   * @param skip clients who would be skipped
   * @param skips these by reason, the most frequent first
   * @param emailsPerDay of those whose risk began in the last seven days, by day, those who would
   *     have been written to, at most the daily cap
   */
  public record RuleOutcome(
      long email, long holdout, long skip, List<ReasonCount> skips, BigDecimal emailsPerDay) {}

  /**
   * The job's own decision ({@code Decisions} and {@code Assignment} there) in SQL, by each set of
   * rules twice: as of now, and as of the day on which the risk began. An arm that a client was
   * given before is kept, unless its variant is gone. {@code offset 0} keeps a step from working
   * out again what the one before has.
   */
  private static final String EVALUATED =
      """
      with rules as (
        select * from unnest(
          cast(:enabled as boolean[]), cast(:stale as int[]), cast(:cooldown as int[]),
          cast(:experiment as text[]), cast(:variants as text[]), cast(:share as numeric[]),
          cast(:control as numeric[]))
          with ordinality
            as r (enabled, stale, cooldown, experiment, variants, share, control, place)
      ), client as (
        select s.user_id, s.at_risk_since, s.last_contact_at,
               case when s.last_contact_at < s.at_risk_since then s.last_contact_at end
                 as contact_before_risk,
               coalesce(
                 engagement.contact_obstacle(
                   u.marketing_consent, u.email, x.user_id is not null, x.address),
                 case when exists (select from engagement.suppressions_of(u.email))
                   then 'SUPPRESSED' end) as obstacle
        from engagement.user_scores s
        join shop.users u on u.user_id = s.user_id
        left join engagement.suppressions x on x.user_id = u.user_id
        where s.at_risk offset 0
      ), evaluated as (
        select rules.*,
               coalesce(
                 obstacle,
                 case when not enabled then 'PAUSED' end,
                 engagement.contact_timing_obstacle(
                   at_risk_since, stale, last_contact_at, cooldown, now()),
                 'MAY') as now_is,
               at_risk_since >= now() - :week * interval '24 hours'
                 and obstacle is null and enabled
                 and engagement.contact_timing_obstacle(
                   at_risk_since, stale, contact_before_risk, cooldown, at_risk_since) is null
                 as lately,
               user_id
        from client cross join rules offset 0
      ), assigned as (
        select place, lately,
               case when now_is = 'MAY' and controlled then 'CONTROL_GROUP' else now_is end
                 as now_is, controlled,
               case when (now_is = 'MAY' or lately) and not controlled then coalesce(
                 (select d.arm = 'HOLDOUT' from engagement.outreach_decisions d
                   where d.user_id = evaluated.user_id and d.experiment_id = evaluated.experiment
                     and (d.arm = 'HOLDOUT' or jsonb_exists(evaluated.variants::jsonb, d.arm))
                   order by d.decided_at desc limit 1),
                 engagement.held_out(evaluated.experiment, evaluated.user_id, share)) end as held_out
        from evaluated
        cross join lateral (
          select (now_is = 'MAY' or lately) and control > 0 and engagement.in_control_group(
            (select control_salt from engagement.outreach_settings), user_id, control)
            as controlled offset 0) c
      )
      select place, now_is, held_out, lately and not controlled as lately, count(*) as clients,
             now() as as_of
      from assigned group by 1, 2, 3, 4
      """;

  private record Group(
      int place, String nowIs, boolean heldOut, boolean lately, long clients, Instant asOf) {}

  /**
   * Compares two sets of rules; to be called in a transaction that sees one instant, in which a
   * statement may take seconds.
   */
  static OutreachPreview of(Handle handle, OutreachSettings before, OutreachSettings after) {
    // All clients at risk are joined and counted in memory, not on disk.
    handle.execute("set local work_mem = '64MB'; set local max_parallel_workers_per_gather = 0");
    List<Group> groups = evaluate(handle, List.of(before, after));
    List<Group> old = groups.stream().filter(group -> group.place() == 1).toList();
    List<Group> changed = groups.stream().filter(group -> group.place() == 2).toList();
    return new OutreachPreview(
        old.isEmpty() ? Instant.now() : old.get(0).asOf(),
        old.stream().mapToLong(Group::clients).sum(),
        outcome(old, before.dailyCap()),
        outcome(changed, after.dailyCap()));
  }

  private static List<Group> evaluate(Handle handle, List<OutreachSettings> rules) {
    return handle
        .createQuery(EVALUATED)
        .bindArray("enabled", Boolean.class, of(rules, OutreachSettings::enabled))
        .bindArray("stale", Integer.class, of(rules, OutreachSettings::staleDays))
        .bindArray("cooldown", Integer.class, of(rules, OutreachSettings::cooldownDays))
        .bindArray("experiment", String.class, of(rules, OutreachSettings::experimentId))
        .bindArray("variants", String.class, of(rules, OutreachPreview::variants))
        .bindArray("share", String.class, of(rules, by -> by.holdoutShare().toPlainString()))
        .bindArray("control", String.class, of(rules, by -> by.controlShare().toPlainString()))
        .bind("week", WEEK)
        .mapTo(Group.class)
        .list();
  }

  private static List<Object> of(
      List<OutreachSettings> rules, Function<OutreachSettings, Object> value) {
    return rules.stream().map(value).toList();
  }

  /** The variants' names as a JSON array. */
  private static String variants(OutreachSettings rules) {
    ArrayNode names = Json.MAPPER.createArrayNode();
    rules.variants().forEach(variant -> names.add(variant.path("name").textValue()));
    return names.toString();
  }

  private static RuleOutcome outcome(List<Group> groups, int cap) {
    long email = 0;
    long holdout = 0;
    long lately = 0;
    Map<String, Long> skips = new HashMap<>();
    for (Group group : groups) {
      if (!group.nowIs().equals("MAY")) {
        skips.merge(group.nowIs(), group.clients(), Long::sum);
      } else if (group.heldOut()) {
        holdout += group.clients();
      } else {
        email += group.clients();
      }
      if (group.lately() && !group.heldOut()) {
        lately += group.clients();
      }
    }
    if (email > cap) {
      skips.put(OVER_CAP, email - cap);
      email = cap;
    }
    return new RuleOutcome(
        email,
        holdout,
        skips.values().stream().mapToLong(clients -> clients).sum(),
        ReasonCount.largestFirst(skips),
        BigDecimal.valueOf(lately)
            .divide(BigDecimal.valueOf(WEEK), 1, RoundingMode.HALF_EVEN)
            .min(BigDecimal.valueOf(cap)));
  }
}
