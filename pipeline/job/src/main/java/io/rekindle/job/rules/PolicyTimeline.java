package io.rekindle.job.rules;

import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which policy is in force when, as the rows of {@code engagement.scoring_policies} say. While no
 * row is active the built-in policy is in force; while the active row's document is not a policy,
 * the one before it stays.
 *
 * <p>Every change ever is kept: people change policies rarely, and a score update as of an instant
 * needs the policy of that instant however late it is made.
 */
public final class PolicyTimeline {

  /** Stands for "ever since". */
  public static final long ALWAYS = Long.MIN_VALUE;

  /** The policy while the table has none. */
  static final String BUILT_IN = "cadence-v1";

  private record Entry(long since, PolicyChanged change) {}

  /**
   * A policy's time in force, which ends where the next one's begins.
   *
   * @param since first instant, epoch milliseconds
   * @param version the row's key, or the built-in policy's name
   * @param builtIn whether it is the built-in policy and no row's
   */
  public record PolicyPeriod(
      long since, String version, boolean builtIn, ScoringPolicy policy, Scorer scorer) {}

  private static final ScoringPolicy BUILT_IN_POLICY = ScoringPolicy.builtIn(BUILT_IN);

  private final List<Entry> entries = new ArrayList<>();

  /** What each document ever active says, so that each is read once; empty if it is no policy. */
  private final Map<String, Optional<ScoringPolicy>> policies = new HashMap<>();

  private List<PolicyPeriod> periods = List.of(builtIn(ALWAYS));

  int size() {
    return entries.size();
  }

  /**
   * Adds a change.
   *
   * @param since from when on it counts, epoch milliseconds of event time
   * @return false if it is no newer than the known change of its row
   */
  boolean add(long since, PolicyChanged change) {
    if (!isNewer(change)) {
      return false;
    }
    entries.add(new Entry(since, change));
    entries.sort(
        Comparator.comparingLong(Entry::since)
            .thenComparing(entry -> entry.change().version())
            .thenComparing(entry -> entry.change().policyVersion()));
    periods = periods();
    return true;
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

  /** The policy in force at an instant, as it is to be stored. */
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

  /** When another policy comes into force after an instant, or {@code Long.MAX_VALUE}. */
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
      // It was made a dead letter where its record was read, with its origin.
      return Optional.empty();
    }
  }

  private static PolicyPeriod builtIn(long since) {
    return new PolicyPeriod(since, BUILT_IN, true, BUILT_IN_POLICY, new Scorer(BUILT_IN_POLICY));
  }
}
