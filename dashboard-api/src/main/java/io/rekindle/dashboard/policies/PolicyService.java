package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.database.ConflictException;
import io.rekindle.dashboard.database.Snapshots;
import io.rekindle.dashboard.json.Json;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Reads, stores and activates policies. Thread-safe. */
public final class PolicyService {

  private final Jdbi jdbi;
  private final Snapshots snapshots;

  /**
   * The page of policies.
   *
   * @param all without documents, the active one first
   * @param shown null if no policy is stored
   * @param document of the policy that is shown, or else of the one in force
   * @param differences of the policy that is shown from the one in force; empty if it is that one
   * @param activates whether a scheduled fit may put its policy in force
   * @param model of the policy in force
   * @param quality of the policy that is shown and of the one in force; null if no policy is stored
   * @param previous the one that was active before the active one; null if none was
   * @param state what an activation rests on
   */
  record PolicyView(
      List<StoredPolicy> all,
      StoredPolicy shown,
      JsonNode document,
      List<PolicyDifference> differences,
      boolean activates,
      ModelInForce model,
      PolicyQuality quality,
      StoredPolicy previous,
      String state) {}

  /**
   * All policies.
   *
   * @param items without their documents, the active one first
   * @param state what an activation rests on
   */
  record PolicyList(List<StoredPolicy> items, String state) {}

  public PolicyService(Jdbi jdbi, Snapshots snapshots) {
    this.jdbi = jdbi;
    this.snapshots = snapshots;
  }

  PolicyList all() {
    return snapshots.read(
        handle -> new PolicyList(StoredPolicy.all(handle), StoredPolicy.state(handle)));
  }

  /** One policy with its document; empty if there is none of this version. */
  Optional<StoredPolicy> find(String version) {
    return snapshots.readOnce(handle -> StoredPolicy.byVersion(handle, version));
  }

  /**
   * The page of policies. Empty if there is no policy of this version.
   *
   * @param version null for the first of the list
   */
  Optional<PolicyView> view(String version) {
    return snapshots.read(
        handle -> {
          List<StoredPolicy> all = StoredPolicy.all(handle);
          boolean activates = activates(handle);
          ScoringPolicy inForce = PolicyInForce.read(handle).policy();
          JsonNode documentInForce = Json.column(inForce.json());
          ModelInForce model = ModelInForce.of(inForce);
          if (version == null && all.isEmpty()) {
            return Optional.of(
                new PolicyView(
                    all,
                    null,
                    documentInForce,
                    List.of(),
                    activates,
                    model,
                    null,
                    null,
                    StoredPolicy.state(handle)));
          }
          return StoredPolicy.byVersion(
                  handle, version == null ? all.get(0).policyVersion() : version)
              .map(
                  policy ->
                      new PolicyView(
                          all,
                          policy,
                          policy.document(),
                          policy.inForce()
                              ? List.of()
                              : PolicyDifference.between(policy.document(), documentInForce),
                          activates,
                          model,
                          PolicyQuality.read(handle, policy.policyVersion(), inForce.version()),
                          StoredPolicy.previous(handle).orElse(null),
                          StoredPolicy.state(handle)));
        });
  }

  private static boolean activates(Handle handle) {
    return handle
        .createQuery("select activate from engagement.fit_settings")
        .mapTo(Boolean.class)
        .one();
  }

  /** The policy by which the job computes scores. */
  ScoringPolicy inForce() {
    return snapshots.readOnce(PolicyInForce::read).policy();
  }

  /** The parameters by which the job computes probabilities and what is at stake. */
  ModelInForce modelInForce() {
    return ModelInForce.of(inForce());
  }

  /** A policy as it would be in force: with its active model. */
  ScoringPolicy withActiveModel(ScoringPolicy policy) {
    return snapshots.readOnce(handle -> ModelInForce.withActiveModel(handle, policy));
  }

  /** Stores a draft. Empty if there is a policy of its version. */
  Optional<StoredPolicy> create(Actor actor, ScoringPolicy policy) {
    return jdbi.inTransaction(
        handle -> {
          if (!StoredPolicy.insert(handle, policy.version(), policy.json(), actor.name())) {
            return Optional.empty();
          }
          Optional<StoredPolicy> created = StoredPolicy.byVersion(handle, policy.version());
          AuditLog.record(
              handle,
              actor,
              "CREATE",
              Subject.POLICY.of(policy.version()),
              null,
              created.orElseThrow());
          return created;
        });
  }

  /**
   * Replaces the document of a draft. Empty if there is no policy of this version.
   *
   * @param demand of the document before the change; what it throws ends the change
   * @throws ConflictException if the policy is not a draft
   */
  Optional<StoredPolicy> replace(Actor actor, Consumer<JsonNode> demand, ScoringPolicy policy) {
    String version = policy.version();
    return jdbi.inTransaction(
        handle -> {
          Optional<StoredPolicy> before = StoredPolicy.byVersion(handle, version);
          if (before.isEmpty()) {
            return before;
          }
          demand.accept(before.get().document());
          if (!StoredPolicy.replace(handle, version, policy.json())) {
            throw new ConflictException(
                "Scores have been made by this policy: give the changed one another version.");
          }
          Optional<StoredPolicy> after = StoredPolicy.byVersion(handle, version);
          AuditLog.record(
              handle,
              actor,
              "CHANGE",
              Subject.POLICY.of(version),
              before.get(),
              after.orElseThrow());
          return after;
        });
  }

  /**
   * Activates a policy. Empty if there is none of this version.
   *
   * @param demand of what the activation rests on; what it throws ends the change
   * @throws ConflictException if it is active already
   * @throws InvalidPolicyException if its document is not valid
   */
  Optional<StoredPolicy> activate(Actor actor, Consumer<String> demand, String version)
      throws InvalidPolicyException {
    return jdbi.inTransaction(
        handle -> {
          lockActivation(handle);
          Optional<StoredPolicy> target = StoredPolicy.byVersion(handle, version);
          if (target.isEmpty()) {
            return target;
          }
          demand.accept(StoredPolicy.state(handle));
          return Optional.of(activate(handle, actor, target.get(), "ACTIVATE"));
        });
  }

  /**
   * Activates the policy that was active before.
   *
   * @param demand of what the activation rests on; what it throws ends the change
   * @throws ConflictException if there was none
   * @throws InvalidPolicyException if its document is not valid
   */
  StoredPolicy rollBack(Actor actor, Consumer<String> demand) throws InvalidPolicyException {
    return jdbi.inTransaction(
        handle -> {
          lockActivation(handle);
          demand.accept(StoredPolicy.state(handle));
          StoredPolicy previous =
              StoredPolicy.previous(handle)
                  .orElseThrow(
                      () -> new ConflictException("No policy was active before this one."));
          return activate(handle, actor, previous, "ROLL_BACK");
        });
  }

  /** Two at once would each end the other's, or take it back. */
  private static void lockActivation(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.activate_policy'))");
  }

  private static StoredPolicy activate(
      Handle handle, Actor actor, StoredPolicy policy, String action)
      throws InvalidPolicyException {
    String version = policy.policyVersion();
    String before = StoredPolicy.active(handle).map(StoredPolicy::policyVersion).orElse(null);
    if (version.equals(before)) {
      throw new ConflictException("This policy is active already.");
    }
    ScoringPolicy.parse(policy.document().toString());
    StoredPolicy.activate(handle, version);
    AuditLog.record(
        handle,
        actor,
        action,
        Subject.POLICY.of(version),
        before == null ? null : Map.of("active", before),
        Map.of("active", version));
    return StoredPolicy.byVersion(handle, version).orElseThrow();
  }
}
