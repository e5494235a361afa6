package io.rekindle.dashboard.policies;

import io.rekindle.dashboard.json.Json;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;

/**
 * The policy by which the job computes scores.
 *
 * @param currency ISO 4217 code of all amounts; null if the policy has none, and amounts count at
 *     face value
 */
public record PolicyInForce(ScoringPolicy policy, String currency) {

  private static final PolicyInForce BY_DEFAULT = of(ScoringPolicy.byDefault());

  /**
   * The policy last read, since it seldom changes, and to parse it takes longer than to read it.
   */
  private static final AtomicReference<Parsed> LAST = new AtomicReference<>(new Parsed(null, null));

  private record Parsed(String document, PolicyInForce policy) {}

  /**
   * Reads the policy that the job has stored. The job stores it with its first watermark; before
   * that there are no scores, and the job goes by the built-in policy.
   *
   * @throws IllegalStateException if the stored document is no valid policy
   */
  public static PolicyInForce read(Handle handle) {
    return handle
        .createQuery("select document::text from engagement.policy_in_force")
        .mapTo(String.class)
        .findOne()
        .map(PolicyInForce::parsed)
        .orElse(BY_DEFAULT);
  }

  private static PolicyInForce parsed(String document) {
    Parsed known = LAST.get();
    if (!document.equals(known.document())) {
      known = new Parsed(document, of(parse(document)));
      LAST.set(known);
    }
    return known.policy();
  }

  private static PolicyInForce of(ScoringPolicy policy) {
    return new PolicyInForce(
        policy, Json.column(policy.json()).path("currency").path("base").textValue());
  }

  private static ScoringPolicy parse(String document) {
    try {
      return ScoringPolicy.parse(document);
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The policy that the job has stored is not valid", e);
    }
  }
}
