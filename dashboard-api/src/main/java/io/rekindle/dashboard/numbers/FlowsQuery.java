package io.rekindle.dashboard.numbers;

import io.rekindle.dashboard.database.Columns;
import io.rekindle.dashboard.numbers.Flows.Day;
import io.rekindle.dashboard.numbers.Flows.Week;
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
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Counts the changes of the last {@value #DAYS} days. A day that the pipeline has passed is counted
 * once and remembered; what an erased person had to do with it stays in it. For one thread.
 */
final class FlowsQuery {

  static final int DAYS = 90;

  private static final String CONTEXT =
      "select clock_timestamp() as as_of, (select scored_until from engagement.scored_until)";

  private static final String BY_DAY =
      """
      select (as_of at time zone 'UTC')::date as day,
             count(*) filter (where at_risk and not previous_at_risk) as entered,
             count(*) filter (where not at_risk and previous_at_risk) as left_risk,
             count(*) filter (where not at_risk and previous_at_risk
                              and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')) as left_by_order,
             count(*) filter (where at_risk and previous_at_risk is null) as first_at_risk,
             count(score) - count(previous_score) as scored,
             coalesce(sum(score::float8), 0) - coalesce(sum(previous_score::float8), 0) as score_sum
      from engagement.score_history
      where as_of >= ?
      group by 1
      """;

  private static final String BY_WEEK =
      """
      select as_of >= clock.now - interval '168 hours' as this_week,
             count(*) filter (where at_risk) as entered,
             count(*) filter (where not at_risk) as left_risk,
             count(*) filter (where not at_risk
                              and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')) as left_by_order
      from engagement.score_history, (select ?::timestamptz as now) as clock
      where as_of >= clock.now - interval '336 hours'
        and at_risk is distinct from previous_at_risk and previous_at_risk is not null
      group by 1
      """;

  private final NavigableMap<LocalDate, Day> counted = new TreeMap<>();

  /** What is committed before this is all in the days counted; null if nothing is sure. */
  private Instant settled;

  Flows ask(Connection connection) throws SQLException {
    Instant asOf;
    Instant scoredUntil;
    try (PreparedStatement statement = connection.prepareStatement(CONTEXT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      asOf = Columns.instant(row, "as_of");
      scoredUntil = Columns.instant(row, "scored_until");
    }
    LocalDate today = asOf.atOffset(ZoneOffset.UTC).toLocalDate();
    LocalDate oldest = today.minusDays(DAYS - 1);
    LocalDate since = oldest;
    if (settled != null && settled.atOffset(ZoneOffset.UTC).toLocalDate().isAfter(oldest)) {
      since = settled.atOffset(ZoneOffset.UTC).toLocalDate();
    }
    NavigableMap<LocalDate, Day> news = days(connection, since);
    counted.tailMap(since, true).clear();
    counted.putAll(news);
    counted.headMap(oldest, false).clear();
    settled = scoredUntil;

    List<Day> days = new ArrayList<>(DAYS);
    for (LocalDate day = oldest; !day.isAfter(today); day = day.plusDays(1)) {
      days.add(counted.getOrDefault(day, Day.empty(day)));
    }
    Week[] weeks = weeks(connection, asOf);
    return new Flows(asOf, weeks[0], weeks[1], List.copyOf(days));
  }

  private static NavigableMap<LocalDate, Day> days(Connection connection, LocalDate since)
      throws SQLException {
    NavigableMap<LocalDate, Day> days = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(BY_DAY)) {
      statement.setObject(1, OffsetDateTime.of(since.atStartOfDay(), ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          LocalDate day = row.getObject("day", LocalDate.class);
          days.put(
              day,
              new Day(
                  day,
                  row.getLong("entered"),
                  row.getLong("left_risk"),
                  row.getLong("left_by_order"),
                  row.getLong("first_at_risk"),
                  row.getLong("scored"),
                  row.getDouble("score_sum")));
        }
      }
    }
    return days;
  }

  /** This week, then the one before. */
  private static Week[] weeks(Connection connection, Instant asOf) throws SQLException {
    Week[] weeks = {new Week(0, 0, 0), new Week(0, 0, 0)};
    try (PreparedStatement statement = connection.prepareStatement(BY_WEEK)) {
      statement.setObject(1, asOf.atOffset(ZoneOffset.UTC));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          weeks[row.getBoolean("this_week") ? 0 : 1] =
              new Week(
                  row.getLong("entered"), row.getLong("left_risk"), row.getLong("left_by_order"));
        }
      }
    }
    return weeks;
  }
}
