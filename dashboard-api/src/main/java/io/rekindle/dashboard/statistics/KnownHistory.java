package io.rekindle.dashboard.statistics;

import java.time.LocalDate;
import org.jdbi.v3.core.Handle;

/**
 * The UTC days of which scores are known.
 *
 * @param firstDay the first one; null if no score is known
 * @param firstObservedDay the day in which history began to be observed; null likewise
 * @param lastDay yesterday, since today is not over
 * @param pastPolicy the policy of the reconstructed days; null without them
 */
public record KnownHistory(
    LocalDate firstDay, LocalDate firstObservedDay, LocalDate lastDay, String pastPolicy) {

  private static final String SQL =
      """
      select (coalesce(r.from_at, o.since) at time zone 'UTC')::date as first_day,
             (o.since at time zone 'UTC')::date as first_observed_day,
             (clock_timestamp() at time zone 'UTC')::date - 1 as last_day,
             r.document::text as past_policy
      from (
        select coalesce((select until_at from engagement.reconstruction),
                        (select min(as_of) from engagement.score_history)) as since) o
      left join engagement.reconstruction r on r.finished_at is not null
      """;

  /** Reads them as of now; without any score, lastDay alone is not null. */
  public static KnownHistory read(Handle handle) {
    return handle.createQuery(SQL).mapTo(KnownHistory.class).one();
  }

  /** Whether scores of a day are known. */
  public boolean has(LocalDate day) {
    return firstDay != null && !day.isBefore(firstDay) && !day.isAfter(lastDay);
  }

  /** Why a day cannot be shown, to be told beside the name of a parameter; null if it can. */
  public String mistake(LocalDate day) {
    if (has(day)) {
      return null;
    }
    return firstDay == null || firstDay.isAfter(lastDay)
        ? "no score of a day before today is known."
        : "has to be from " + firstDay + " to " + lastDay + ".";
  }

  /** Whether the scores of a known day are computed, not observed. */
  public boolean isReconstructed(LocalDate day) {
    return pastPolicy != null && day.isBefore(firstObservedDay);
  }
}
