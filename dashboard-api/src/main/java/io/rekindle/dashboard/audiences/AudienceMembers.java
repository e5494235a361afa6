package io.rekindle.dashboard.audiences;

import io.rekindle.dashboard.list.KeysetQuery;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.statistics.PastRows;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Who was in an audience at its last evaluation of a UTC day. A client was a member if the next
 * change is LEFT, or if the client entered before the end of the day and is still a member.
 *
 * @param days those that can be asked for, the latest first: they are over, the audience was
 *     evaluated, and all changes since are kept
 */
public record AudienceMembers(List<AudienceDay> days) {

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
          select m.user_id, u.email, u.name, m.entered_at, m.list_at, m.user_id as list_id
          from (
            select user_id, entered_at, entered_at as list_at from engagement.audience_members
            where audience = :audience and entered_at < cast(:end as timestamptz)
            union all
            select gone.user_id, entry.at, coalesce(entry.at, '0001-01-01T00:00:00Z')
            from (
              select distinct on (c.user_id) c.user_id, c.change
              from engagement.audience_changes c
              where c.audience = :audience and c.changed_at >= cast(:end as timestamptz)
              order by c.user_id, c.changed_at, c.change_id) gone
            cross join lateral (
              select max(c.changed_at) as at from engagement.audience_changes c
              where c.audience = :audience and c.user_id = gone.user_id
                and c.change = 'ENTERED' and c.changed_at < cast(:end as timestamptz)) entry
            where gone.change = 'LEFT') m
          left join shop.users u using (user_id)
          """,
          AudienceMember.class);

  private static final String KNOWN =
      """
      select d.day, d.evaluated_at, d.members, d.evaluated_at < a.filter_since as older_filter
      from engagement.audience_days d join engagement.audiences a using (audience)
      where d.audience = ? and d.day < (now() at time zone 'UTC')::date
        and d.day >= ((now() - interval '90 days') at time zone 'UTC')::date
      order by d.day desc
      """;

  /** The days of an audience; none if there is no such audience. */
  static AudienceMembers known(Handle handle, String audience) {
    return new AudienceMembers(handle.select(KNOWN, audience).mapTo(AudienceDay.class).list());
  }

  static ListPage<AudienceMember> page(
      Handle handle, String audience, LocalDate on, String cursor, int limit) {
    return query(on).page(handle, parameters(audience, on), cursor, limit);
  }

  /** A day that can be asked for; empty for another day, and for null. */
  Optional<AudienceDay> day(LocalDate on) {
    return days.stream().filter(day -> day.day().equals(on)).findFirst();
  }

  /** Why a day cannot be shown, to be told beside the name of a parameter; null if it can. */
  String mistake(LocalDate day) {
    if (day(day).isPresent()) {
      return null;
    }
    return days.isEmpty()
        ? "no day of this audience is over."
        : "has to be a day on which the audience was evaluated: " + ranges() + ".";
  }

  /** The days, the earliest first, such as "2026-11-01 to 2026-11-05, 2026-11-08". */
  private String ranges() {
    List<String> ranges = new ArrayList<>();
    int last = days.size() - 1;
    while (last >= 0) {
      int first = last;
      while (last > 0 && days.get(last - 1).day().equals(days.get(last).day().plusDays(1))) {
        last--;
      }
      String from = days.get(first).day().toString();
      ranges.add(first == last ? from : from + " to " + days.get(last).day());
      last--;
    }
    return String.join(", ", ranges);
  }

  /** The query for a day, or for now if it is null. */
  static KeysetQuery<AudienceMember> query(LocalDate on) {
    return on == null ? NOW : ON_A_DAY;
  }

  static Map<String, Object> parameters(String audience, LocalDate on) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("audience", audience);
    if (on != null) {
      parameters.put("end", PastRows.endOf(on));
    }
    return parameters;
  }
}
