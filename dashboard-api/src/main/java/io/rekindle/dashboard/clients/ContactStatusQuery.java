package io.rekindle.dashboard.clients;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.Nested;

/** Reads whether clients may be written to, and the decision about their open episode. */
public final class ContactStatusQuery {

  private static final String SQL =
      """
      select asked.user_id,
             case when s.user_id is null and c.obstacle = 'SUPPRESSED' then 'OTHER_ACCOUNT'
               else s.reason end as suppression,
             case when c.user_id is null then 'USER_REMOVED' else c.obstacle end as obstacle,
             d.decision, d.reason, d.decided_at, e.email_id, e.status as email_status
      from unnest(:ids) as asked (user_id)
      left join lateral (
        select * from engagement.contact_now x where x.user_id = asked.user_id offset 0) as c on true
      left join engagement.suppressions s on s.user_id = asked.user_id
      left join lateral (
        select episode_id from engagement.risk_episodes r
        where r.user_id = asked.user_id and r.closed_at is null
        order by opened_at desc limit 1) as episode on true
      left join engagement.outreach_decisions d on d.episode_id = episode.episode_id
      left join engagement.emails e on e.episode_id = episode.episode_id
      """;

  private ContactStatusQuery() {}

  /**
   * The status of one client.
   *
   * @param suppression reason of the stored suppression of the client, or of an address that the
   *     client has or had; OTHER_ACCOUNT if only another client with the same address has one; null
   *     if none is stored
   * @param obstacle the reason not to write to the client now; null if there is none
   * @param decision about the open episode; null without one or before the decision
   * @param emailId the email about the open episode; null if there is none
   */
  public record ContactStatus(
      String suppression,
      String obstacle,
      String decision,
      String reason,
      Instant decidedAt,
      String emailId,
      String emailStatus) {}

  private record StatusRow(String userId, @Nested ContactStatus status) {}

  /** The status of each client that is asked for, by id. */
  static Map<String, ContactStatus> of(Handle handle, Collection<String> userIds) {
    return handle
        .createQuery(SQL)
        .bindArray("ids", String.class, userIds)
        .mapTo(StatusRow.class)
        .collect(Collectors.toMap(StatusRow::userId, StatusRow::status));
  }
}
