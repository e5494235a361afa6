package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.json.Json;
import io.rekindle.prediction.Backtest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * The figures of the policy that is shown beside those of the one in force, from backtests.
 *
 * @param rows the policy in force first; one row if it is the one that is shown
 */
public record PolicyQuality(List<Row> rows) {

  /** Every backtest has it, with a fitted table. */
  private static final String CADENCE = "cadence-v1";

  private static final String NEWEST =
      """
      select policy_versions[1] as fitted, (document -> 'policies')::text as policies
      from engagement.backtests
      where policy_versions @> array[cast(:version as text)] or :version = '%s'
      order by ran_at desc, backtest_id desc limit 1
      """
          .formatted(CADENCE);

  /**
   * A policy.
   *
   * @param auc null without a backtest, as the others are
   */
  public record Row(String policyVersion, boolean inForce, Double auc, Double brier, Double ece) {
    public boolean known() {
      return auc != null;
    }
  }

  /**
   * A backtest.
   *
   * @param fitted the version of the policy that was fitted
   */
  private record Stored(String fitted, String policies) {}

  /** Whether there are no figures. */
  public boolean isEmpty() {
    return rows.stream().noneMatch(Row::known);
  }

  /**
   * Reads the figures. Both policies come from the backtest of the one that is shown if it has
   * both, so that they were measured on the same clients.
   */
  static PolicyQuality read(Handle handle, String shown, String inForce) {
    Optional<Stored> ofShown = newest(handle, shown);
    Row current =
        ofShown
            .map(stored -> row(stored, inForce, true))
            .filter(Row::known)
            .or(() -> newest(handle, inForce).map(stored -> row(stored, inForce, true)))
            .orElseGet(() -> new Row(inForce, true, null, null, null));
    if (shown.equals(inForce)) {
      return new PolicyQuality(List.of(current));
    }
    Row other =
        ofShown
            .map(stored -> row(stored, shown, false))
            .orElseGet(() -> new Row(shown, false, null, null, null));
    return new PolicyQuality(Stream.of(current, other).toList());
  }

  private static Optional<Stored> newest(Handle handle, String version) {
    return handle.createQuery(NEWEST).bind("version", version).mapTo(Stored.class).findOne();
  }

  /** A policy by its version, as the one that was fitted, or with a table of probabilities. */
  private static Row row(Stored stored, String version, boolean inForce) {
    JsonNode policies = Json.column(stored.policies());
    JsonNode figures =
        Stream.of(
                version,
                version.equals(stored.fitted()) ? Backtest.FITTED : version,
                version.equals(CADENCE) ? Backtest.CADENCE_TABLE : version)
            .flatMap(name -> named(policies, name))
            .findFirst()
            .orElse(Json.MAPPER.missingNode());
    return new Row(
        version, inForce, number(figures, "auc"), number(figures, "brier"), number(figures, "ece"));
  }

  private static Stream<JsonNode> named(JsonNode policies, String name) {
    for (JsonNode policy : policies) {
      if (policy.path("policy").asText().equals(name)) {
        return Stream.of(policy.path("figures"));
      }
    }
    return Stream.empty();
  }

  private static Double number(JsonNode figures, String field) {
    JsonNode number = figures.path(field);
    return number.isNumber() ? number.doubleValue() : null;
  }
}
