package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.dashboard.statistics.RiskTransitions.Day;
import io.rekindle.dashboard.statistics.RiskTransitions.Week;
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
final class RiskTransitionsQuery {

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
      where as_of >= ? and as_of < ?
      group by 1
      """;

  private static final String BETWEEN =
      """
      select count(*) filter (where at_risk) as entered,
             count(*) filter (where not at_risk) as left_risk,
             count(*) filter (where not at_risk
                              and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')) as left_by_order
      from engagement.score_history
      where as_of >= ? and as_of < ?
        and at_risk is distinct from previous_at_risk and previous_at_risk is not null
      """;

  private final NavigableMap<LocalDate, Day> counted = new TreeMap<>();

  /** What is committed before this is all in the days counted; null if nothing is sure. */
  private Instant completeUntil;

  RiskTransitions compute(Connection connection, DutyCycle dutyCycle) throws SQLException {
    Instant asOf;
    Instant scoredUntil;
    try (PreparedStatement statement = connection.prepareStatement(CONTEXT);
        ResultSet row = statement.executeQuery()) {
      row.next();
      asOf = NullableColumns.instant(row, "as_of");
      scoredUntil = NullableColumns.instant(row, "scored_until");
    }
    connection.commit();
    LocalDate today = asOf.atOffset(ZoneOffset.UTC).toLocalDate();
    LocalDate oldest = today.minusDays(DAYS - 1);
    LocalDate since = oldest;
    if (completeUntil != null
        && completeUntil.atOffset(ZoneOffset.UTC).toLocalDate().isAfter(oldest)) {
      since = completeUntil.atOffset(ZoneOffset.UTC).toLocalDate();
    }
    NavigableMap<LocalDate, Day> newer = days(connection, since, today, dutyCycle);
    counted.tailMap(since, true).clear();
    counted.putAll(newer);
    counted.headMap(oldest, false).clear();
    completeUntil = scoredUntil;

    List<Day> days = new ArrayList<>(DAYS);
    for (LocalDate day = oldest; !day.isAfter(today); day = day.plusDays(1)) {
      days.add(counted.getOrDefault(day, Day.empty(day)));
    }
    OffsetDateTime now = asOf.atOffset(ZoneOffset.UTC);
    return new RiskTransitions(
        asOf,
        week(connection, now, dutyCycle),
        week(connection, now.minusHours(168), dutyCycle),
        List.copyOf(days));
  }

  private static NavigableMap<LocalDate, Day> days(
      Connection connection, LocalDate since, LocalDate today, DutyCycle dutyCycle)
      throws SQLException {
    NavigableMap<LocalDate, Day> days = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(BY_DAY)) {
      for (LocalDate next = since; !next.isAfter(today); next = next.plusDays(1)) {
        OffsetDateTime begin = next.atStartOfDay().atOffset(ZoneOffset.UTC);
        statement.setObject(1, begin);
        statement.setObject(2, begin.plusDays(1));
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
        dutyCycle.rest();
      }
    }
    return days;
  }

  /** The seven times 24 hours until then, one by one. */
  private static Week week(Connection connection, OffsetDateTime until, DutyCycle dutyCycle)
      throws SQLException {
    long entered = 0;
    long left = 0;
    long leftByOrder = 0;
    try (PreparedStatement statement = connection.prepareStatement(BETWEEN)) {
      for (int day = 1; day <= 7; day++) {
        statement.setObject(1, until.minusDays(day));
        statement.setObject(2, until.minusDays(day - 1L));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          entered += row.getLong("entered");
          left += row.getLong("left_risk");
          leftByOrder += row.getLong("left_by_order");
        }
        dutyCycle.rest();
      }
    }
    return new Week(entered, left, leftByOrder);
  }
}
