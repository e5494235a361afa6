package io.rekindle.job;

/**
 * The names of the operators' state in a savepoint. A uid never changes, and no other operator
 * reuses it.
 */
final class Uids {

  static final String CHANGES = "changes";
  static final String CHANGES_SPLIT = "changes-split";
  static final String RULE_CHANGES = "rule-changes";
  static final String RULE_CHANGES_SPLIT = "rule-changes-split";
  static final String ENGAGEMENT = "engagement";
  static final String SCORES = "scores";
  static final String ONLY_CHANGED = "only-changed";
  static final String SCORE_CHANGES = "score-changes";
  static final String POLICY_IN_FORCE = "policy-in-force";
  static final String DAILY_CAP = "daily-cap";
  static final String DECISIONS = "decisions";
  static final String ONLY_EMAILS = "only-emails";
  static final String REQUESTS = "requests";
  static final String DEAD_LETTERS = "dead-letters";
  static final String READ_REQUESTS = "read-requests";
  static final String REQUESTS_SPLIT = "requests-split";
  static final String REQUEST_DEAD_LETTERS = "request-dead-letters";
  static final String WRITE_EMAILS = "write-emails";

  private Uids() {}
}
