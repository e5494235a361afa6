package io.rekindle.job;

/**
 * The name under which each operator's state is found in a savepoint. A uid never changes and is
 * never used again for something else.
 */
final class Uids {

  static final String CHANGES = "changes";
  static final String CHANGES_BY_OUTCOME = "changes-by-outcome";
  static final String POLICIES = "policies";
  static final String POLICIES_BY_OUTCOME = "policies-by-outcome";
  static final String ENGAGEMENT = "engagement";
  static final String SCORES = "scores";
  static final String ONLY_CHANGED = "only-changed";
  static final String SCORE_CHANGES = "score-changes";
  static final String DEAD_LETTERS = "dead-letters";

  private Uids() {}
}
