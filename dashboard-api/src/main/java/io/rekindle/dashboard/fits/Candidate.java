package io.rekindle.dashboard.fits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.prediction.Backtest;
import io.rekindle.prediction.FitGate;
import io.rekindle.prediction.FittedPolicy;
import io.rekindle.prediction.ModelDocument;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A fitted policy with its models and its backtest, as they are stored.
 *
 * @param fit the policy, and how it was found
 * @param backtest over the past up to then
 * @param compared the stored policies in the backtest, besides this one
 * @param gate whether the policy may be put in force without a person
 */
public record Candidate(
    FittedPolicy fit, Backtest.Result backtest, List<String> compared, FitGate gate) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_SUFFIX = 1_000;

  private static final String INSERT =
      """
      insert into engagement.scoring_policies (policy_version, document, created_by)
      values (?, ?::jsonb, ?) on conflict do nothing
      """;

  private static final String SAME =
      "select document = ?::jsonb from engagement.scoring_policies where policy_version = ?";

  private static final String INSERT_BACKTEST =
      """
      insert into engagement.backtests (policy_versions, as_of, document, gate, ran_by)
      values (?, ?, ?::jsonb, ?::jsonb, ?)
      """;

  /** An older fit does not replace the model of a newer one. */
  private static final String INSERT_MODEL =
      """
      insert into engagement.models (model_version, policy_version, document, created_by)
      select version, policy, document::jsonb, author
      from (values (?, ?, ?, ?)) as fitted (version, policy, document, author)
      where not exists (
        select 1 from engagement.models m
        where m.active and m.policy_version = policy
          and (m.document ->> 'fittedAsOf')::bigint >= ?)
      on conflict (model_version) do nothing
      """;

  private static final String ACTIVATE_MODEL = "select engagement.activate_model(?)";

  private static final String ALLOWED = "select activate from engagement.fit_settings";
  private static final String ACTIVATE = "select engagement.activate_policy(?)";

  /**
   * What was stored.
   *
   * @param version of the draft: that of the document, or with a suffix such as {@code -2} if
   *     another policy has it
   * @param created false if the same policy was there already
   */
  public record Stored(String version, boolean created) {}

  /** Copies the list. */
  public Candidate {
    compared = List.copyOf(compared);
  }

  /** The instant of the fit. */
  public Instant asOf() {
    return Instant.ofEpochMilli(fit.asOf());
  }

  /**
   * Stores the policy as a draft, and the backtest. The models count at once: that of {@code
   * cadence-v1} gives its scores a probability of this shop, and that of the draft waits for its
   * policy. Neither changes a score.
   *
   * @param connection in a transaction, which the caller commits
   * @param createdBy the name of the one who asked for the fit
   */
  public Stored store(Connection connection, String createdBy) throws SQLException {
    Stored stored = storePolicy(connection, createdBy);
    storeModel(connection, fit.cadenceModel(), createdBy);
    storeModel(connection, fit.moneyModel(stored.version()), createdBy);
    try (PreparedStatement insert = connection.prepareStatement(INSERT_BACKTEST)) {
      String[] versions = new String[compared.size() + 1];
      versions[0] = stored.version();
      for (int i = 0; i < compared.size(); i++) {
        versions[i + 1] = compared.get(i);
      }
      insert.setArray(1, connection.createArrayOf("text", versions));
      insert.setObject(2, OffsetDateTime.ofInstant(asOf(), ZoneOffset.UTC));
      insert.setString(3, backtest.json());
      insert.setString(4, JSON.valueToTree(gate).toString());
      insert.setString(5, createdBy);
      insert.executeUpdate();
    }
    return stored;
  }

  /** How it went to put a policy in force without a person. */
  public enum Activation {
    /** It is in force from now on. */
    ACTIVATED,
    /** No admin allows it. */
    NOT_ALLOWED,
    /** The gate does not hold. */
    GATE_CLOSED
  }

  /**
   * Puts the stored policy in force if an admin allows that and the gate holds.
   *
   * @param connection in a transaction, which the caller commits
   */
  public Activation activate(Connection connection, Stored stored) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ALLOWED)) {
      if (!row.next() || !row.getBoolean(1)) {
        return Activation.NOT_ALLOWED;
      }
    }
    if (!gate.holds()) {
      return Activation.GATE_CLOSED;
    }
    try (PreparedStatement activate = connection.prepareStatement(ACTIVATE)) {
      activate.setString(1, stored.version());
      activate.execute();
    }
    return Activation.ACTIVATED;
  }

  private Stored storePolicy(Connection connection, String createdBy) throws SQLException {
    ObjectNode policy = policy();
    String version = policy.get("version").textValue();
    for (int suffix = 1; suffix <= MAX_SUFFIX; suffix++) {
      String name = suffix == 1 ? version : version + "-" + suffix;
      policy.put("version", name);
      String json = canonical(policy);
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        insert.setString(1, name);
        insert.setString(2, json);
        insert.setString(3, createdBy);
        if (insert.executeUpdate() == 1) {
          return new Stored(name, true);
        }
      }
      if (isStored(connection, name, json)) {
        return new Stored(name, false);
      }
    }
    throw new IllegalStateException(
        "There are " + MAX_SUFFIX + " policies of the version " + version);
  }

  private void storeModel(Connection connection, ModelDocument model, String createdBy)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT_MODEL)) {
      insert.setString(1, model.modelVersion());
      insert.setString(2, model.policyVersion());
      insert.setString(3, model.json());
      insert.setString(4, createdBy);
      insert.setLong(5, fit.asOf());
      if (insert.executeUpdate() == 0) {
        return;
      }
    }
    try (PreparedStatement activate = connection.prepareStatement(ACTIVATE_MODEL)) {
      activate.setString(1, model.modelVersion());
      activate.execute();
    }
  }

  private static boolean isStored(Connection connection, String name, String json)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SAME)) {
      select.setString(1, json);
      select.setString(2, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private ObjectNode policy() {
    try {
      return (ObjectNode) JSON.readTree(fit.document());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A fit made a document that is no JSON", e);
    }
  }

  private static String canonical(ObjectNode policy) {
    try {
      return ScoringPolicy.parse(policy.toString()).json();
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("A fit made a policy that the engine refuses", e);
    }
  }
}
