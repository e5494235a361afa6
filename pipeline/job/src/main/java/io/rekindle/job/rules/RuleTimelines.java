package io.rekindle.job.rules;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.RuleChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The policies with their models, and the outreach rules over time, filled by one stream of
 * changes.
 */
public final class RuleTimelines {

  private final PolicyTimeline policies = new PolicyTimeline();
  private final OutreachTimeline outreach = new OutreachTimeline();
  private final List<DatedRuleChange> changes = new ArrayList<>();

  /** The policies over time. */
  public PolicyTimeline policies() {
    return policies;
  }

  /** The outreach rules over time. */
  public OutreachTimeline outreach() {
    return outreach;
  }

  /** The kept changes in the order of their arrival, in which {@link #add} takes them again. */
  public List<DatedRuleChange> changes() {
    return List.copyOf(changes);
  }

  /**
   * Drops the changes that have no effect at an instant and later. Returns whether it dropped any.
   */
  public boolean mergeBelow(long instant) {
    boolean mergedPolicies = policies.mergeBelow(instant);
    boolean mergedOutreach = outreach.mergeBelow(instant);
    if (!mergedPolicies && !mergedOutreach) {
      return false;
    }
    Map<RuleChange, DatedRuleChange> kept = new HashMap<>();
    Stream.concat(policies.changes(), outreach.changes())
        .forEach(change -> kept.put(change.change(), change));
    List<DatedRuleChange> arrived = List.copyOf(changes);
    changes.clear();
    for (DatedRuleChange change : arrived) {
      if (kept.containsKey(change.change())) {
        changes.add(kept.get(change.change()));
      }
    }
    return true;
  }

  /**
   * Adds a change.
   *
   * @return false if it is no newer than the known change, and was dropped
   */
  public boolean add(DatedRuleChange change) {
    boolean isNew =
        change.change() instanceof OutreachChanged rules
            ? outreach.add(change.since(), rules)
            : policies.add(change.since(), change.change());
    if (isNew) {
      changes.add(change);
    }
    return isNew;
  }
}
