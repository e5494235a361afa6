package io.rekindle.dashboard.experiments;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/**
 * How many clients an experiment gets, and how many of them order without an email.
 *
 * @param asOf by the database's clock
 * @param clientsPerDay different clients who were emailed or held out, a day of the last 28
 * @param clients of whom the rate is known
 * @param reactivated how many of these ordered within 14 days
 * @param heldOut whether these were held out; otherwise too few of those ordered, and emailed
 *     clients count, too
 */
record Traffic(
    Instant asOf, double clientsPerDay, long clients, long reactivated, boolean heldOut) {

  /** The latest decisions tell the rate as well as all would. */
  private static final String READ =
      """
      with arrivals as (
        select count(distinct user_id) as users,
               least(28, greatest(1, (select extract(epoch from now() - min(decided_at)) / 86400
                                      from engagement.outreach_decisions))) as days
        from engagement.outreach_decisions
        where decision <> 'SKIP' and decided_at > now() - interval '28 days'
      ), latest as (
        select decision_id from engagement.outreach_decisions
        where decision <> 'SKIP' and decided_at < now() - interval '336 hours'
        order by decided_at desc limit 5000
      ), counted as (
        select count(*) as all_clients,
               count(*) filter (where reactivated) as all_reactivated,
               count(*) filter (where decision = 'HOLDOUT') as held_out_clients,
               count(*) filter (where decision = 'HOLDOUT' and reactivated) as held_out_reactivated
        from engagement.email_outcomes join latest using (decision_id)
      )
      select clock_timestamp() as as_of, users / days as clients_per_day,
             case when held_out_reactivated >= 10 then held_out_clients else all_clients end
               as clients,
             case when held_out_reactivated >= 10 then held_out_reactivated else all_reactivated end
               as reactivated,
             held_out_reactivated >= 10 as held_out
      from arrivals, counted
      """;

  static Traffic read(Handle handle) {
    return handle.createQuery(READ).mapTo(Traffic.class).one();
  }

  /** The rate to expect, one half if nothing is known; never 0 and never 1. */
  double likelyRate() {
    return (reactivated + 1.0) / (clients + 2.0);
  }
}
