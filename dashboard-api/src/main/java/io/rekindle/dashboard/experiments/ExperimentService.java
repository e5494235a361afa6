package io.rekindle.dashboard.experiments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rekindle.dashboard.background.CachedStatistic;
import io.rekindle.dashboard.background.StatisticsRefresher;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.policies.PolicyInForce;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Experiments and their results, which are at most 5 s old while they are read. Thread-safe. */
public final class ExperimentService {

  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration ENDED_PERIOD = Duration.ofMinutes(10);
  private static final Duration TRAFFIC_PERIOD = Duration.ofMinutes(1);
  private static final int MAX_ENDED = 8;
  private static final int MAX_LISTED = 50;

  private final Snapshots snapshots;
  private final CachedStatistic<ExperimentResult> current;
  private final CachedStatistic<Traffic> traffic;

  /** Results of the last experiments that ended, by name. */
  private final CachedStatistic<Map<String, ExperimentResult>> past;

  /** Results of experiments that do not run any more, by name. */
  private final Cache<String, ExperimentResult> ended =
      Caffeine.newBuilder().maximumSize(MAX_ENDED).expireAfterWrite(PERIOD).build();

  /**
   * An experiment as its page shows it.
   *
   * @param all all experiments, those that run first
   * @param results of these by name, as far as they are computed
   * @param currency ISO 4217 code of revenues; null if amounts count at face value
   */
  public record ExperimentView(
      ExperimentResult result,
      List<Experiment> all,
      Map<String, ExperimentResult> results,
      String currency) {}

  /** Adds the results of experiments to a refresher that has not started. */
  public ExperimentService(Snapshots snapshots, StatisticsRefresher refresher) {
    this.snapshots = snapshots;
    this.current =
        refresher.add(
            "experiment",
            PERIOD,
            (handle, dutyCycle) -> handle.inTransaction(ExperimentResultQuery::current));
    this.traffic =
        refresher.addLater(
            "experiment-traffic",
            TRAFFIC_PERIOD,
            (handle, dutyCycle) -> handle.inTransaction(Traffic::read));
    this.past =
        refresher.addLater(
            "ended-experiments",
            ENDED_PERIOD,
            (handle, dutyCycle) -> ExperimentResultQuery.ended(handle, MAX_LISTED, dutyCycle));
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
                            results(),
                            PolicyInForce.read(handle).currency())));
  }

  /** When an experiment would answer. */
  public ExperimentPlan plan(ExperimentPlan.Question question) {
    return ExperimentPlan.of(
        traffic.ifComputed().orElseGet(() -> snapshots.readOnce(Traffic::read)), question);
  }

  private Map<String, ExperimentResult> results() {
    Map<String, ExperimentResult> results = new HashMap<>(past.ifComputed().orElse(Map.of()));
    current.ifComputed().ifPresent(result -> results.put(result.experimentId(), result));
    return results;
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
