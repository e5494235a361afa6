package io.rekindle.dashboard.experiments;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.experiments.ExperimentResult.Arm;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.Nested;

/** Reads results of experiments; the database function engagement.uplift computes them. */
final class ExperimentResultQuery {

  private ExperimentResultQuery() {}

  /** An arm with the sample ratio's p, which is the same in every row. */
  private record ArmRow(Double sampleRatioP, @Nested Arm arm) {}

  /** The experiment that runs; there always is one. */
  static ExperimentResult current(Handle handle) {
    String id =
        handle
            .createQuery("select experiment_id from engagement.outreach_settings")
            .mapTo(String.class)
            .one();
    return byId(handle, id).orElseThrow();
  }

  /** Empty if there was no experiment of this name. */
  static Optional<ExperimentResult> byId(Handle handle, String id) {
    return handle
        .createQuery("select * from engagement.experiments where experiment_id = :id")
        .bind("id", id)
        .mapTo(Experiment.class)
        .findOne()
        .map(experiment -> result(handle, experiment));
  }

  /** All experiments; those that run first, then the newest. */
  static List<Experiment> all(Handle handle) {
    return handle
        .createQuery(
            """
            select * from engagement.experiments
            order by ended_at desc nulls first, started_at desc
            """)
        .mapTo(Experiment.class)
        .list();
  }

  /** The results of the experiments that ended last, by name; each in its own transaction. */
  static Map<String, ExperimentResult> ended(Handle handle, int most, DutyCycle dutyCycle) {
    Map<String, ExperimentResult> results = new HashMap<>();
    for (Experiment experiment : all(handle)) {
      if (experiment.endedAt() != null && results.size() < most) {
        results.put(
            experiment.experimentId(), handle.inTransaction(inside -> result(inside, experiment)));
        dutyCycle.rest();
      }
    }
    return Map.copyOf(results);
  }

  private static ExperimentResult result(Handle handle, Experiment experiment) {
    Instant asOf = handle.createQuery("select clock_timestamp()").mapTo(Instant.class).one();
    List<ArmRow> rows =
        handle
            .createQuery("select * from engagement.uplift(:id)")
            .bind("id", experiment.experimentId())
            .mapTo(ArmRow.class)
            .list();
    List<Arm> arms = rows.stream().map(ArmRow::arm).toList();
    Double perDay =
        experiment.endedAt() == null ? clientsPerDay(handle, experiment.experimentId()) : null;
    return new ExperimentResult(
        experiment.experimentId(),
        asOf,
        experiment.startedAt(),
        experiment.endedAt(),
        experiment.holdoutShare(),
        rows.isEmpty() ? null : rows.get(0).sampleRatioP(),
        perDay == null ? null : BigDecimal.valueOf(perDay).setScale(1, RoundingMode.HALF_EVEN),
        perDay == null ? null : ExperimentResult.answerAt(asOf, perDay, arms),
        arms);
  }

  private static double clientsPerDay(Handle handle, String id) {
    return handle
        .createQuery(
            """
            select count(*) filter (where first_at > now() - interval '28 days')
                   / least(28, greatest(1, coalesce(
                       extract(epoch from now() - min(first_at)) / 86400, 1)))::float8
            from (
              select min(decided_at) as first_at from engagement.outreach_decisions
              where experiment_id = :id and decision <> 'SKIP' group by user_id) as users
            """)
        .bind("id", id)
        .mapTo(Double.class)
        .one();
  }
}
