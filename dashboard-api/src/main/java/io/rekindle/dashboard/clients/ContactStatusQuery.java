package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.NullableColumns;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Whether clients may be written to, and what was done about their present episode. */
public final class ContactStatusQuery {

  private static final String SQL =
      """
      select asked.user_id, s.reason as suppression, s.address is null as whole_person,
             d.decision, d.reason, d.decided_at, e.email_id, e.status as email_status
      from unnest(:ids) as asked (user_id)
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
   * A client's.
   *
   * @param suppression why the client, or the address that was the client's, is not written to;
   *     null if nothing speaks against it
   * @param decision about the episode that lasts; null if there is none or it is not decided on
   * @param emailId null if there is no email about it
   */
  public record ContactStatus(
      String suppression,
      boolean wholePerson,
      String decision,
      String reason,
      Instant decidedAt,
      String emailId,
      String emailStatus) {}

  /** By client; each that was asked for is there. */
  static Map<String, ContactStatus> of(Handle handle, Collection<String> userIds) {
    Map<String, ContactStatus> contacts = new HashMap<>();
    handle
        .createQuery(SQL)
        .bindArray("ids", String.class, userIds)
        .map(
            (row, context) ->
                contacts.put(
                    row.getString("user_id"),
                    new ContactStatus(
                        row.getString("suppression"),
                        row.getBoolean("whole_person"),
                        row.getString("decision"),
                        row.getString("reason"),
                        NullableColumns.instant(row, "decided_at"),
                        row.getString("email_id"),
                        row.getString("email_status"))))
        .list();
    return contacts;
  }

  /** How long nobody is written to again. */
  static Duration cooldown(Handle handle) {
    return Duration.ofDays(
        handle
            .createQuery("select cooldown_days from engagement.outreach_settings")
            .mapTo(Integer.class)
            .one());
  }
}
