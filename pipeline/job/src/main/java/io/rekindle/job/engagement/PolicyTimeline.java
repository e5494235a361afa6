package io.rekindle.job.engagement;

import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.scoring.policy.InvalidPolicyException;
import io.rekindle.scoring.Scorer;
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
 * <p>Every change ever is kept: people change policies rarely, and a judgement as of an instant
 * needs the policy of that instant however late it is made.
 */
final class PolicyTimeline {

  /** Stands for "ever since". */
  static final long ALWAYS = Long.MIN_VALUE;

  /** The policy while the table has none. */
  static final String BUILT_IN = "cadence-v1";

  /**
   * A change of a row of the table.
   *
   * @param since from when on it counts, epoch milliseconds of event time
   */
  record Entry(long since, PolicyChanged change) {}

  /**
   * A policy's time in force, which ends where the next one's begins.
   *
   * @param since first instant, epoch milliseconds
   * @param version the row's key, or the built-in policy's name
   */
  record Reign(long since, String version, ScoringPolicy policy, Scorer scorer) {}

  private static final ScoringPolicy BUILT_IN_POLICY = ScoringPolicy.builtIn(BUILT_IN);

  private final List<Entry> entries = new ArrayList<>();

  /** What each document ever active says, so that each is read once; empty if it is no policy. */
  private final Map<String, Optional<ScoringPolicy>> policies = new HashMap<>();

  private List<Reign> reigns = List.of(builtIn(ALWAYS));

  /** How many changes it knows. */
  int size() {
    return entries.size();
  }

  /**
   * Takes changes in, in any order.
   *
   * @return those that were news: not older than or the same as one of their row already known
   */
  List<Entry> add(List<Entry> changes) {
    List<Entry> news = new ArrayList<>();
    for (Entry change : changes) {
      if (isNews(change.change())) {
        entries.add(change);
        news.add(change);
      }
    }
    if (!news.isEmpty()) {
      entries.sort(
          Comparator.comparingLong(Entry::since)
              .thenComparing(entry -> entry.change().version())
              .thenComparing(entry -> entry.change().policyVersion()));
      reigns = reigns();
    }
    return news;
  }

  /** The policy in force at an instant. */
  Reign at(long instant) {
    for (int i = reigns.size() - 1; i > 0; i--) {
      if (reigns.get(i).since() <= instant) {
        return reigns.get(i);
      }
    }
    return reigns.get(0);
  }

  /** When another policy comes into force after an instant, or {@code Long.MAX_VALUE}. */
  long nextSwitch(long instant) {
    for (Reign reign : reigns) {
      if (reign.since() > instant) {
        return reign.since();
      }
    }
    return Long.MAX_VALUE;
  }

  private boolean isNews(PolicyChanged change) {
    for (Entry known : entries) {
      if (known.change().policyVersion().equals(change.policyVersion())
          && known.change().version().compareTo(change.version()) >= 0) {
        return false;
      }
    }
    return true;
  }

  private List<Reign> reigns() {
    List<Reign> result = new ArrayList<>();
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
      Reign before = result.get(result.size() - 1);
      Reign now = inForce(since, rows.values(), before);
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

  private Reign inForce(long since, Iterable<PolicyChanged> rows, Reign before) {
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
        .map(policy -> new Reign(since, version, policy, new Scorer(policy)))
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

  private static Reign builtIn(long since) {
    return new Reign(since, BUILT_IN, BUILT_IN_POLICY, new Scorer(BUILT_IN_POLICY));
  }
}
