package io.rekindle.dashboard.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * How many of the clients who first ordered in a month were active at the end of each later month:
 * with a score, and not at risk. Erased clients are missing.
 *
 * @param asOf when they were counted, by the database's clock
 * @param months the months from the first cohort to the present one
 * @param cohorts oldest first, those that have clients
 */
public record Cohorts(Instant asOf, List<LocalDate> months, List<Cohort> cohorts) {

  /**
   * The clients whose first effective order is of a UTC month, by the orders as they stand today.
   *
   * @param month its first day
   * @param months from that month on, without those of which no score is known
   */
  public record Cohort(LocalDate month, long clients, List<CohortMonth> months) {}

  /**
   * The clients of a cohort at the end of a month, or now.
   *
   * @param month its first day
   * @param reconstructed whether the scores were computed from the orders; false if they were
   *     observed
   * @param active those with a score who were not at risk
   * @param share active of all clients of the cohort, 0 to 1
   */
  public record CohortMonth(LocalDate month, boolean reconstructed, long active, double share) {}
}
