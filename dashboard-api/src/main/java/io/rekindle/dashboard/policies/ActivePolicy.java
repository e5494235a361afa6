package io.rekindle.dashboard.policies;

import io.rekindle.scoring.policy.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import org.jdbi.v3.core.Handle;

/** The policy that scores go by now. */
public final class ActivePolicy {

  private ActivePolicy() {}

  /** The built-in one if none is active, or what is active does not validate. */
  public static ScoringPolicy read(Handle handle) {
    String document =
        handle
            .createQuery("select document::text from engagement.scoring_policies where active")
            .mapTo(String.class)
            .findOne()
            .orElse(null);
    if (document != null) {
      try {
        return ScoringPolicy.parse(document);
      } catch (InvalidPolicyException e) {
        // The pipeline has refused it, too, and keeps to the policy before.
      }
    }
    return ScoringPolicy.builtIn("cadence-v1");
  }
}
