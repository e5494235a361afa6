package io.rekindle.dashboard.audiences;

import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Who was in an audience at the end of a UTC day. A client was in it whose next change after that
 * is to leave it, or who has been in it since before.
 *
 * @param firstDay the first day that can be asked for: the audience was there, and its changes of
 *     later days are kept
 * @param lastDay yesterday
 */
public record AudienceMembers(LocalDate firstDay, LocalDate lastDay) {

  /** The members of {@code audience} now, those who entered last first. */
  static final KeysetQuery<AudienceMember> NOW =
      new KeysetQuery<>(
          "audience-members",
          """
          select m.user_id, u.email, u.name, m.entered_at, m.entered_at as list_at,
                 m.user_id as list_id
          from engagement.audience_members m left join shop.users u using (user_id)
          where m.audience = :audience
          """,
          AudienceMember.class);

  /** The members of {@code audience} before the instant {@code end}. */
  static final KeysetQuery<AudienceMember> ON_A_DAY =
      new KeysetQuery<>(
          "audience-members-on",
          """
          select m.user_id, u.email, u.name, m.entered_at,
                 coalesce(m.entered_at, '0001-01-01T00:00:00Z') as list_at, m.user_id as list_id
          from (
            select user_id, entered_at from engagement.audience_members
            where audience = :audience and entered_at < cast(:end as timestamptz)
            union all
            select gone.user_id,
                   (select max(c.changed_at) from engagement.audience_changes c
                    where c.audience = :audience and c.user_id = gone.user_id
                      and c.change = 'ENTERED' and c.changed_at < cast(:end as timestamptz))
            from (
              select distinct on (c.user_id) c.user_id, c.change
              from engagement.audience_changes c
              where c.audience = :audience and c.changed_at >= cast(:end as timestamptz)
              order by c.user_id, c.changed_at, c.change_id) gone
            where gone.change = 'LEFT') m
          left join shop.users u using (user_id)
          """,
          AudienceMember.class);

  private static final String KNOWN =
      """
      select greatest((created_at at time zone 'UTC')::date,
                      ((now() - interval '90 days') at time zone 'UTC')::date) as first_day,
             (now() at time zone 'UTC')::date - 1 as last_day
      from engagement.audiences where audience = ?
      """;

  /** The days of an audience that is there. */
  static Optional<AudienceMembers> known(Handle handle, String audience) {
    return handle.select(KNOWN, audience).mapTo(AudienceMembers.class).findOne();
  }

  static ListPage<AudienceMember> page(
      Handle handle, String audience, LocalDate on, String cursor, int limit) {
    return query(on).page(handle, parameters(audience, on), cursor, limit);
  }

  static long count(Handle handle, String audience, LocalDate on) {
    return handle
        .createQuery("select count(*) from (" + query(on).sql() + ") as listed")
        .bindMap(parameters(audience, on))
        .mapTo(Long.class)
        .one();
  }

  /** Why a day cannot be shown, to be told beside the name of a parameter; null if it can. */
  String mistake(LocalDate day) {
    if (!day.isBefore(firstDay) && !day.isAfter(lastDay)) {
      return null;
    }
    return isEmpty()
        ? "no day of this audience is over."
        : "has to be from " + firstDay + " to " + lastDay + ".";
  }

  /** Whether no day can be asked for. */
  public boolean isEmpty() {
    return firstDay.isAfter(lastDay);
  }

  /** The query for a day, or for now if it is null. */
  static KeysetQuery<AudienceMember> query(LocalDate on) {
    return on == null ? NOW : ON_A_DAY;
  }

  static Map<String, Object> parameters(String audience, LocalDate on) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("audience", audience);
    if (on != null) {
      parameters.put("end", on.plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC));
    }
    return parameters;
  }
}
