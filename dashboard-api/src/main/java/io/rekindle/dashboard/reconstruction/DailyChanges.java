package io.rekindle.dashboard.reconstruction;

import io.rekindle.scoring.past.PastCause;
import io.rekindle.scoring.past.PastScore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The changes of a batch by UTC day, which are added to {@code engagement.reconstructed_days}. */
final class DailyChanges {

  private static final String ADD =
      """
      insert into engagement.reconstructed_days as stored
        (day, entered, "left", left_by_order, first_at_risk, scored, score_sum)
      select * from unnest(
        ?::date[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::float8[])
      on conflict (day) do update set
        entered = stored.entered + excluded.entered,
        "left" = stored."left" + excluded."left",
        left_by_order = stored.left_by_order + excluded.left_by_order,
        first_at_risk = stored.first_at_risk + excluded.first_at_risk,
        scored = stored.scored + excluded.scored,
        score_sum = stored.score_sum + excluded.score_sum
      """;

  private static final int ENTERED = 0;
  private static final int LEFT = 1;
  private static final int LEFT_BY_ORDER = 2;
  private static final int FIRST_AT_RISK = 3;
  private static final int SCORED = 4;
  private static final int COUNTS = 5;

  private final long firstDay;
  private final long[][] counts;
  private final double[] scoreSums;
  private final boolean[] changed;

  /**
   * Creates changes for the days of a past.
   *
   * @param from its first instant, epoch milliseconds
   * @param until the first instant after it
   */
  DailyChanges(long from, long until) {
    firstDay = day(from);
    int days = Math.toIntExact(day(until) - firstDay + 1);
    counts = new long[COUNTS][days];
    scoreSums = new double[days];
    changed = new boolean[days];
  }

  private static long day(long instant) {
    return Math.floorDiv(instant, TimeUnit.DAYS.toMillis(1));
  }

  void add(PastScore row) {
    int day = (int) (day(row.asOf()) - firstDay);
    changed[day] = true;
    PastScore.Previous previous = row.previous();
    if (previous == null) {
      counts[FIRST_AT_RISK][day] += row.atRisk() ? 1 : 0;
    } else if (row.atRisk() && !previous.atRisk()) {
      counts[ENTERED][day]++;
    } else if (!row.atRisk() && previous.atRisk()) {
      counts[LEFT][day]++;
      counts[LEFT_BY_ORDER][day] += row.cause() == PastCause.ORDER_PLACED ? 1 : 0;
    }
    boolean scoredBefore = previous != null && previous.scored();
    counts[SCORED][day] += (row.scored() ? 1 : 0) - (scoredBefore ? 1 : 0);
    scoreSums[day] += (row.scored() ? row.score() : 0) - (scoredBefore ? previous.score() : 0);
  }

  /** Adds the changes to the table in the connection's transaction. */
  void store(Connection connection) throws SQLException {
    List<LocalDate> days = new ArrayList<>();
    List<List<Long>> columns = new ArrayList<>();
    for (int column = 0; column < COUNTS; column++) {
      columns.add(new ArrayList<>());
    }
    List<Double> sums = new ArrayList<>();
    for (int day = 0; day < changed.length; day++) {
      if (changed[day]) {
        days.add(LocalDate.ofEpochDay(firstDay + day));
        for (int column = 0; column < COUNTS; column++) {
          columns.get(column).add(counts[column][day]);
        }
        sums.add(scoreSums[day]);
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD)) {
      statement.setArray(1, connection.createArrayOf("date", days.toArray()));
      for (int column = 0; column < COUNTS; column++) {
        statement.setArray(
            2 + column, connection.createArrayOf("bigint", columns.get(column).toArray()));
      }
      statement.setArray(2 + COUNTS, connection.createArrayOf("float8", sums.toArray()));
      statement.executeUpdate();
    }
  }
}
