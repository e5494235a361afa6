package io.rekindle.job.rules;

import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The policies in force over time, by the rows of {@code engagement.scoring_policies}. Without an
 * active row the built-in policy is in force. If the active row's document is invalid, the policy
 * before it stays.
 *
 * <p>{@link #mergeBelow} drops the changes that no later evaluation needs.
 */
public final class PolicyTimeline {

  /** The beginning of all time. */
  public static final long ALWAYS = Long.MIN_VALUE;

  private record Entry(long since, PolicyChanged change) {}

  private static final Comparator<Entry> IN_FORCE =
      Comparator.comparingLong(Entry::since)
          .thenComparing(entry -> entry.change().version())
          .thenComparing(entry -> entry.change().policyVersion());

  /**
   * A policy's time in force, which ends at the next period.
   *
   * @param since first instant, epoch milliseconds
   * @param version the row's key, or the built-in policy's name
   * @param builtIn whether it is the built-in policy, without a row
   */
  public record PolicyPeriod(
      long since, String version, boolean builtIn, ScoringPolicy policy, Scorer scorer) {}

  /** The policy without an active row. */
  private static final ScoringPolicy BUILT_IN = ScoringPolicy.byDefault();

  private final List<Entry> entries = new ArrayList<>();

  /** The policies of all documents that were ever active; empty for an invalid document. */
  private final Map<String, Optional<ScoringPolicy>> policies = new HashMap<>();

  private List<PolicyPeriod> periods = List.of(builtIn(ALWAYS));

  /** The kept changes. */
  Stream<DatedRuleChange> changes() {
    return entries.stream().map(entry -> new DatedRuleChange(entry.since(), entry.change()));
  }

  /**
   * Drops changes that have no effect at an instant and later. The newest change of each row stays.
   * So do those at the beginnings of the last two periods in force, as a document that is not valid
   * leaves the policy before it in force. What came between these instants counts as of the later
   * one, so that no state in between comes into force.
   *
   * @return whether it dropped any
   */
  boolean mergeBelow(long instant) {
    long lastBegin = ALWAYS;
    long begin = ALWAYS;
    for (PolicyPeriod period : periods) {
      if (period.since() <= instant) {
        lastBegin = begin;
        begin = period.since();
      }
    }
    long last = ALWAYS;
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        last = entry.since();
      }
    }
    Map<PolicyChanged, Long> kept = new HashMap<>();
    for (long at : new long[] {lastBegin, begin, last}) {
      newestOfEachRow(at).forEach(change -> kept.putIfAbsent(change, at));
    }
    List<Entry> merged = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.since() > instant) {
        merged.add(entry);
      } else if (kept.containsKey(entry.change())) {
        merged.add(new Entry(kept.get(entry.change()), entry.change()));
      }
    }
    if (merged.size() == entries.size()) {
      return false;
    }
    entries.clear();
    entries.addAll(merged);
    entries.sort(IN_FORCE);
    policies.keySet().retainAll(merged.stream().map(entry -> entry.change().document()).toList());
    periods = periods();
    return true;
  }

  /**
   * Adds a change.
   *
   * @param since the first instant of the change, epoch milliseconds of event time
   * @return false if it is no newer than the known change of its row
   */
  boolean add(long since, PolicyChanged change) {
    if (!isNewer(change)) {
      return false;
    }
    entries.add(new Entry(since, change));
    entries.sort(IN_FORCE);
    periods = periods();
    return true;
  }

  private Collection<PolicyChanged> newestOfEachRow(long instant) {
    Map<String, PolicyChanged> rows = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        rows.merge(
            entry.change().policyVersion(),
            entry.change(),
            (one, other) -> one.version().compareTo(other.version()) > 0 ? one : other);
      }
    }
    return rows.values();
  }

  /** The policy in force at an instant. */
  public PolicyPeriod at(long instant) {
    for (int i = periods.size() - 1; i > 0; i--) {
      if (periods.get(i).since() <= instant) {
        return periods.get(i);
      }
    }
    return periods.get(0);
  }

  /** The policy in force at an instant, in the form for the dashboard. */
  public PolicyInForce inForceAt(long instant) {
    PolicyPeriod period = at(instant);
    long changedAt = Score.NEVER;
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        changedAt = Math.max(changedAt, entry.change().commitTime());
      }
    }
    return new PolicyInForce(
        period.version(),
        period.builtIn(),
        period.policy().hash(),
        period.policy().json(),
        period.since(),
        changedAt);
  }

  /** The next instant of another policy after an instant, or {@code Long.MAX_VALUE}. */
  public long nextSwitch(long instant) {
    for (PolicyPeriod period : periods) {
      if (period.since() > instant) {
        return period.since();
      }
    }
    return Long.MAX_VALUE;
  }

  private boolean isNewer(PolicyChanged change) {
    for (Entry known : entries) {
      if (known.change().policyVersion().equals(change.policyVersion())
          && known.change().version().compareTo(change.version()) >= 0) {
        return false;
      }
    }
    return true;
  }

  private List<PolicyPeriod> periods() {
    List<PolicyPeriod> result = new ArrayList<>();
    result.add(builtIn(ALWAYS));
    Map<String, PolicyChanged> rows = new HashMap<>();
    int i = 0;
    while (i < entries.size()) {
      // One transaction deactivates a policy and activates the next, so changes of one instant
      // count together.
      long since = entries.get(i).since();
      for (; i < entries.size() && entries.get(i).since() == since; i++) {
        rows.put(entries.get(i).change().policyVersion(), entries.get(i).change());
      }
      PolicyPeriod before = result.get(result.size() - 1);
      PolicyPeriod now = inForce(since, rows.values(), before);
      if (!now.version().equals(before.version())
          || !now.policy().hash().equals(before.policy().hash())) {
        if (since == ALWAYS) {
          result.clear();
        }
        result.add(now);
      }
    }
    return result;
  }

  private PolicyPeriod inForce(long since, Iterable<PolicyChanged> rows, PolicyPeriod before) {
    PolicyChanged active = null;
    for (PolicyChanged row : rows) {
      if (row.active()
          && row.document() != null
          && (active == null || row.version().compareTo(active.version()) > 0)) {
        active = row;
      }
    }
    if (active == null) {
      return builtIn(since);
    }
    String version = active.policyVersion();
    return policies
        .computeIfAbsent(active.document(), PolicyTimeline::parse)
        .map(policy -> new PolicyPeriod(since, version, false, policy, new Scorer(policy)))
        .orElse(before);
  }

  private static Optional<ScoringPolicy> parse(String document) {
    try {
      return Optional.of(ScoringPolicy.parse(document));
    } catch (InvalidPolicyException reported) {
      // The deserializer has reported it as a dead letter.
      return Optional.empty();
    }
  }

  private static PolicyPeriod builtIn(long since) {
    return new PolicyPeriod(since, BUILT_IN.version(), true, BUILT_IN, new Scorer(BUILT_IN));
  }
}
