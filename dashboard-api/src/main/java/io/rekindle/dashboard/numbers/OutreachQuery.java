package io.rekindle.dashboard.numbers;

import io.rekindle.dashboard.database.Columns;
import io.rekindle.dashboard.numbers.Outreach.DecisionDay;
import io.rekindle.dashboard.numbers.Outreach.EmailDay;
import io.rekindle.dashboard.numbers.Outreach.EpisodeDay;
import io.rekindle.dashboard.numbers.Outreach.OutcomeDay;
import io.rekindle.dashboard.numbers.Outreach.Queue;
import io.rekindle.dashboard.numbers.Outreach.Rolling;
import io.rekindle.dashboard.numbers.Outreach.SuppressionDay;
import io.rekindle.dashboard.numbers.Outreach.Week;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Counts decisions, emails and outcomes of the last {@value FlowsQuery#DAYS} days. */
final class OutreachQuery {

  private static final String EPISODES =
      """
      select (noticed_at at time zone 'UTC')::date as day, count(*) as noticed
      from engagement.risk_episodes where noticed_at >= ? and noticed_at < ? group by 1
      """;

  private static final String DECISIONS =
      """
      select (decided_at at time zone 'UTC')::date as day, decision, reason, count(*) as count
      from engagement.outreach_decisions where decided_at >= ? and decided_at < ?
      group by 1, 2, 3
      """;

  // With the limits: whoever writes a reason of their own must not fill this service's memory with
  // it.
  private static final String EMAILS =
      """
      select (generated_at at time zone 'UTC')::date as day, status,
             left(status_reason, 60) as reason, generated_by,
             left(fallback_reason, 60) as fallback_reason, count(*) as count,
             sum(cost_usd) as cost_usd,
             coalesce(sum(extract(epoch from sent_at - generated_at)::float8)
                        filter (where status = 'SENT'), 0) as seconds_to_send
      from engagement.emails where generated_at >= ? and generated_at < ? group by 1, 2, 3, 4, 5
      limit 5000
      """;

  private static final String OUTCOMES =
      """
      select (decided_at at time zone 'UTC')::date as day, decision, count(*) as decided,
             count(*) filter (where window_closed) as ended,
             count(*) filter (where email_status = 'SENT') as sent,
             count(*) filter (where email_status = 'SENT' and reactivated) as sent_and_reactivated,
             count(*) filter (where reactivated) as reactivated, sum(revenue) as revenue
      from engagement.email_outcomes where decided_at >= ? and decided_at < ? group by 1, 2
      """;

  private static final String SUPPRESSIONS =
      """
      select (created_at at time zone 'UTC')::date as day, reason, count(*) as count
      from engagement.suppressions where created_at >= ? and created_at < ?
      group by 1, 2
      """;

  private static final String QUEUE =
      """
      select count(*) as waiting, min(generated_at) as oldest
      from engagement.emails where status = 'READY'
      """;

  // The bounds as constants, so that the few rows between them are looked up.
  private static final String DAY_OF_WEEK =
      """
      select
        (select count(*) from engagement.emails
         where status = 'SENT'
           and sent_at > ?::timestamptz - interval '24 hours' and sent_at <= ?::timestamptz) as sent,
        (select count(*) from engagement.outreach_decisions
         where decision = 'EMAIL'
           and decided_at > ?::timestamptz - interval '24 hours'
           and decided_at <= ?::timestamptz) as decided,
        count(*) as ended, count(*) filter (where reactivated) as reactivated
      from engagement.email_outcomes
      where decision = 'EMAIL'
        and decided_at > ?::timestamptz - interval '360 hours'
        and decided_at <= ?::timestamptz - interval '336 hours'
      """;
  private static final int BOUNDS_OF_DAY = 6;

  private static final int MOST_ROWS = 5_000;

  Outreach ask(Connection connection, Pace pace) throws SQLException {
    Instant asOf = now(connection);
    OffsetDateTime now = asOf.atOffset(ZoneOffset.UTC);
    LocalDate today = now.toLocalDate();
    return new Outreach(
        asOf,
        new Rolling(week(connection, now, pace), week(connection, now.minusDays(7), pace)),
        queue(connection),
        rows(
            connection,
            EPISODES,
            today,
            pace,
            row -> new EpisodeDay(row.getObject("day", LocalDate.class), row.getLong("noticed"))),
        rows(
            connection,
            DECISIONS,
            today,
            pace,
            row ->
                new DecisionDay(
                    row.getObject("day", LocalDate.class),
                    row.getString("decision"),
                    row.getString("reason"),
                    row.getLong("count"))),
        rows(connection, EMAILS, today, pace, OutreachQuery::emailDay),
        rows(connection, OUTCOMES, today, pace, OutreachQuery::outcomeDay),
        rows(
            connection,
            SUPPRESSIONS,
            today,
            pace,
            row ->
                new SuppressionDay(
                    row.getObject("day", LocalDate.class),
                    row.getString("reason"),
                    row.getLong("count"))));
  }

  private static EmailDay emailDay(ResultSet row) throws SQLException {
    return new EmailDay(
        row.getObject("day", LocalDate.class),
        row.getString("status"),
        row.getString("reason"),
        row.getString("generated_by"),
        row.getString("fallback_reason"),
        row.getLong("count"),
        row.getBigDecimal("cost_usd"),
        row.getDouble("seconds_to_send"));
  }

  private static OutcomeDay outcomeDay(ResultSet row) throws SQLException {
    return new OutcomeDay(
        row.getObject("day", LocalDate.class),
        row.getString("decision"),
        row.getLong("decided"),
        row.getLong("ended"),
        row.getLong("sent"),
        row.getLong("sent_and_reactivated"),
        row.getLong("reactivated"),
        row.getBigDecimal("revenue"));
  }

  private static Instant now(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select clock_timestamp() as as_of");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Columns.instant(row, "as_of");
    }
  }

  /** The seven times 24 hours until then, one by one. */
  private static Week week(Connection connection, OffsetDateTime until, Pace pace)
      throws SQLException {
    Week week = new Week(0, 0, 0, 0);
    try (PreparedStatement statement = connection.prepareStatement(DAY_OF_WEEK)) {
      for (int day = 0; day < 7; day++) {
        for (int bound = 1; bound <= BOUNDS_OF_DAY; bound++) {
          statement.setObject(bound, until.minusDays(day));
        }
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          week =
              new Week(
                  week.sent() + row.getLong("sent"),
                  week.decided() + row.getLong("decided"),
                  week.ended() + row.getLong("ended"),
                  week.reactivated() + row.getLong("reactivated"));
        }
        pace.rest();
      }
    }
    connection.commit();
    return week;
  }

  private static Queue queue(Connection connection) throws SQLException {
    Queue queue;
    try (PreparedStatement statement = connection.prepareStatement(QUEUE);
        ResultSet row = statement.executeQuery()) {
      row.next();
      queue = new Queue(row.getLong("waiting"), Columns.instant(row, "oldest"));
    }
    connection.commit();
    return queue;
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The last {@value FlowsQuery#DAYS} days, the newest first, one by one. */
  private static <T> List<T> rows(
      Connection connection, String sql, LocalDate today, Pace pace, Reader<T> reader)
      throws SQLException {
    List<T> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int back = 0; back < FlowsQuery.DAYS && rows.size() < MOST_ROWS; back++) {
        OffsetDateTime day = today.minusDays(back).atStartOfDay().atOffset(ZoneOffset.UTC);
        statement.setObject(1, day);
        statement.setObject(2, day.plusDays(1));
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            rows.add(reader.read(row));
          }
        }
        pace.rest();
      }
    }
    connection.commit();
    return List.copyOf(rows);
  }
}
