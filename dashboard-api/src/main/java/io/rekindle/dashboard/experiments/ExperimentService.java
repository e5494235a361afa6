package io.rekindle.dashboard.experiments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rekindle.dashboard.background.CachedStatistic;
import io.rekindle.dashboard.background.StatisticsRefresher;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.policies.PolicyInForce;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Experiments and their results, which are at most 5 s old while they are read. Thread-safe. */
public final class ExperimentService {

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final int MAX_ENDED = 8;

  private final Snapshots snapshots;
  private final CachedStatistic<ExperimentResult> current;

  /** Results of experiments that do not run any more, by name. */
  private final Cache<String, ExperimentResult> ended =
      Caffeine.newBuilder().maximumSize(MAX_ENDED).expireAfterWrite(PERIOD).build();

  /**
   * An experiment as its page shows it.
   *
   * @param all all experiments, those that run first
   * @param currency ISO 4217 code of revenues; null if amounts count at face value
   */
  public record ExperimentView(ExperimentResult result, List<Experiment> all, String currency) {}

  /** Adds the result of the running experiment to a refresher that has not started. */
  public ExperimentService(Snapshots snapshots, StatisticsRefresher refresher) {
    this.snapshots = snapshots;
    this.current =
        refresher.add(
            "experiment",
            PERIOD,
            (handle, dutyCycle) -> handle.inTransaction(ExperimentResultQuery::current));
  }

  /** The result of the running experiment. */
  public CachedStatistic<ExperimentResult> current() {
    return current;
  }

  /** The result of an experiment; empty if there was none of this name. */
  public Optional<ExperimentResult> result(String id) {
    return snapshots.read(handle -> result(handle, id));
  }

  /** All experiments, those that run first. */
  public List<Experiment> all() {
    return snapshots.readOnce(ExperimentResultQuery::all);
  }

  /**
   * An experiment as its page shows it; empty if there was none of this name.
   *
   * @param id null for the running experiment
   */
  public Optional<ExperimentView> view(String id) {
    return snapshots.read(
        handle ->
            (id == null ? Optional.of(current(handle)) : result(handle, id))
                .map(
                    result ->
                        new ExperimentView(
                            result,
                            ExperimentResultQuery.all(handle),
                            PolicyInForce.read(handle).currency())));
  }

  private Optional<ExperimentResult> result(Handle handle, String id) {
    Optional<ExperimentResult> running =
        current.ifComputed().filter(result -> result.experimentId().equals(id));
    if (running.isPresent()) {
      return running;
    }
    // Caffeine stores nothing for null.
    return Optional.ofNullable(
        ended.get(id, name -> ExperimentResultQuery.byId(handle, name).orElse(null)));
  }

  /** Computes the result at once if the refresher has not yet done so. */
  private ExperimentResult current(Handle handle) {
    return current.ifComputed().orElseGet(() -> ExperimentResultQuery.current(handle));
  }
}
