package io.rekindle.job.rules;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.PolicyChanged;

/** The policies and the outreach rules over time, filled by one stream of changes. */
public final class RuleTimelines {

  private final PolicyTimeline policies = new PolicyTimeline();
  private final OutreachTimeline outreach = new OutreachTimeline();

  /** The policies over time. */
  public PolicyTimeline policies() {
    return policies;
  }

  /** The outreach rules over time. */
  public OutreachTimeline outreach() {
    return outreach;
  }

  /** The number of kept changes. */
  public int size() {
    return policies.size() + outreach.size();
  }

  /**
   * Adds a change.
   *
   * @return false if it is no newer than the known change, and was dropped
   */
  public boolean add(DatedRuleChange change) {
    return change.change() instanceof PolicyChanged policy
        ? policies.add(change.since(), policy)
        : outreach.add(change.since(), (OutreachChanged) change.change());
  }
}
