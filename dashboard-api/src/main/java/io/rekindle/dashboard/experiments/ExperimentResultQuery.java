package io.rekindle.dashboard.experiments;

import io.rekindle.dashboard.experiments.ExperimentResult.Arm;
import java.time.Instant;
import java.util.List;
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

  private static ExperimentResult result(Handle handle, Experiment experiment) {
    Instant asOf = handle.createQuery("select clock_timestamp()").mapTo(Instant.class).one();
    List<ArmRow> rows =
        handle
            .createQuery("select * from engagement.uplift(:id)")
            .bind("id", experiment.experimentId())
            .mapTo(ArmRow.class)
            .list();
    return new ExperimentResult(
        experiment.experimentId(),
        asOf,
        experiment.startedAt(),
        experiment.endedAt(),
        experiment.holdoutShare(),
        rows.isEmpty() ? null : rows.get(0).sampleRatioP(),
        rows.stream().map(ArmRow::arm).toList());
  }
}
