package io.rekindle.dashboard.calibration;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A row of engagement.calibration_history: the probabilities of a month beside what happened.
 *
 * @param month its first day
 * @param sampledAt when the probabilities were read
 * @param horizonDays the days in which an order counts
 * @param policyVersion the policy in force then
 * @param modelVersion its model; null without one
 * @param experimentId the experiment whose holdout it is
 * @param clients of the holdout who were not emailed
 * @param expected the sum of their probabilities
 * @param happened how many of them ordered
 * @param low the lower end of the 95 % interval of the share that ordered, by Wilson
 * @param high the upper end
 * @param brier the mean squared distance of the probabilities from what happened; null without
 *     clients
 * @param bias 1 if the expected share is above the interval, -1 if it is below, 0 otherwise
 * @param drifted whether this month and the one before are biased to the same side
 */
public record Calibration(
    LocalDate month,
    Instant sampledAt,
    int horizonDays,
    String policyVersion,
    String modelVersion,
    String experimentId,
    long clients,
    double expected,
    long happened,
    double low,
    double high,
    Double brier,
    int bias,
    boolean drifted,
    Instant evaluatedAt) {

  /** All evaluated months, the newest first. */
  static List<Calibration> all(Handle handle) {
    return handle
        .createQuery("select * from engagement.calibration_history order by month desc")
        .mapTo(Calibration.class)
        .list();
  }

  /** When the next month can be evaluated; empty while no sample waits. */
  static Optional<Instant> nextAt(Handle handle) {
    return handle
        .createQuery(
            "select min(sampled_at + horizon_days * interval '24 hours')"
                + " from engagement.calibrations where evaluated_at is null")
        .mapTo(Instant.class)
        .findOne();
  }
}
