package io.rekindle.dashboard.statistics;

import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * A row of engagement.observed_days: the changes of a UTC day, and the counts at its end.
 *
 * @param scoreSum the sum of all scores
 */
public record ObservedDay(
    LocalDate day,
    long entered,
    long left,
    long leftByOrder,
    long firstAtRisk,
    long atRisk,
    long scored,
    double scoreSum) {

  private static final String COLUMNS =
      "day, entered, \"left\", left_by_order, first_at_risk, at_risk, scored, score_sum";

  /** The stored days since a day. */
  static List<ObservedDay> since(Handle handle, LocalDate since) {
    return handle
        .createQuery("select " + COLUMNS + " from engagement.observed_days where day >= :since")
        .bind("since", since)
        .mapTo(ObservedDay.class)
        .list();
  }

  /** Stores the day, unless another dashboard has. */
  void store(Handle handle) {
    handle
        .createUpdate(
            """
            insert into engagement.observed_days (%s)
            values (:day, :entered, :left, :leftByOrder, :firstAtRisk, :atRisk, :scored, :scoreSum)
            on conflict do nothing
            """
                .formatted(COLUMNS))
        .bindMethods(this)
        .execute();
  }
}
