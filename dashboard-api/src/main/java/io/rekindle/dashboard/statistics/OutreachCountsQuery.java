package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.statistics.OutreachCounts.DecisionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EmailDay;
import io.rekindle.dashboard.statistics.OutreachCounts.EpisodeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.OutcomeDay;
import io.rekindle.dashboard.statistics.OutreachCounts.Queue;
import io.rekindle.dashboard.statistics.OutreachCounts.Rolling;
import io.rekindle.dashboard.statistics.OutreachCounts.SuppressionDay;
import io.rekindle.dashboard.statistics.OutreachCounts.Week;
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
final class OutreachCountsQuery {

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

  private static final int MAX_ROWS = 5_000;

  OutreachCounts compute(Connection connection, DutyCycle dutyCycle) throws SQLException {
    Instant asOf = now(connection);
    OffsetDateTime now = asOf.atOffset(ZoneOffset.UTC);
    LocalDate today = now.toLocalDate();
    return new OutreachCounts(
        asOf,
        new Rolling(
            week(connection, now, dutyCycle), week(connection, now.minusDays(7), dutyCycle)),
        queue(connection),
        rows(
            connection,
            EPISODES,
            today,
            dutyCycle,
            row -> new EpisodeDay(row.getObject("day", LocalDate.class), row.getLong("noticed"))),
        rows(
            connection,
            DECISIONS,
            today,
            dutyCycle,
            row ->
                new DecisionDay(
                    row.getObject("day", LocalDate.class),
                    row.getString("decision"),
                    row.getString("reason"),
                    row.getLong("count"))),
        rows(connection, EMAILS, today, dutyCycle, OutreachCountsQuery::emailDay),
        rows(connection, OUTCOMES, today, dutyCycle, OutreachCountsQuery::outcomeDay),
        rows(
            connection,
            SUPPRESSIONS,
            today,
            dutyCycle,
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
      return NullableColumns.instant(row, "as_of");
    }
  }

  /** The seven times 24 hours until then, one by one. */
  private static Week week(Connection connection, OffsetDateTime until, DutyCycle dutyCycle)
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
        dutyCycle.rest();
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
      queue = new Queue(row.getLong("waiting"), NullableColumns.instant(row, "oldest"));
    }
    connection.commit();
    return queue;
  }

  @FunctionalInterface
  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The last {@value FlowsQuery#DAYS} days, the newest first, one by one. */
  private static <T> List<T> rows(
      Connection connection, String sql, LocalDate today, DutyCycle dutyCycle, RowReader<T> reader)
      throws SQLException {
    List<T> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int back = 0; back < RiskTransitionsQuery.DAYS && rows.size() < MAX_ROWS; back++) {
        OffsetDateTime day = today.minusDays(back).atStartOfDay().atOffset(ZoneOffset.UTC);
        statement.setObject(1, day);
        statement.setObject(2, day.plusDays(1));
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            rows.add(reader.read(row));
          }
        }
        dutyCycle.rest();
      }
    }
    connection.commit();
    return List.copyOf(rows);
  }
}
