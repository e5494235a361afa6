package io.rekindle.job.rules;

import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The policies in force over time with their models, by the rows of {@code
 * engagement.scoring_policies} and {@code engagement.models}. Without an active row the built-in
 * policy is in force. If the active row's document is invalid, the policy before it stays. The same
 * holds for the active model of a policy, while that policy is in force; without one the policy has
 * no model.
 *
 * <p>{@link #mergeBelow} drops the changes that no later evaluation needs.
 */
public final class PolicyTimeline {

  /** The beginning of all time. */
  public static final long ALWAYS = Long.MIN_VALUE;

  /** A change of a row of either table. */
  private record Entry(long since, RuleChange change) {

    /** The key of the row in its table. */
    String row() {
      return change instanceof PolicyChanged policy
          ? policy.policyVersion()
          : ((ModelChanged) change).modelVersion();
    }

    boolean isOfRowOf(Entry other) {
      return change.getClass() == other.change.getClass() && row().equals(other.row());
    }
  }

  private static final Comparator<Entry> IN_FORCE =
      Comparator.comparingLong(Entry::since)
          .thenComparing(entry -> entry.change().version())
          .thenComparing(Entry::row)
          .thenComparing(entry -> entry.change() instanceof ModelChanged);

  /**
   * A policy's time in force with one model, which ends at the next period.
   *
   * @param since first instant, epoch milliseconds
   * @param version the row's key, or the built-in policy's name
   * @param builtIn whether it is the built-in policy, without a row
   * @param policy with its model
   * @param modelVersion the key of the model's row; null without a model
   */
  public record PolicyPeriod(
      long since,
      String version,
      boolean builtIn,
      ScoringPolicy policy,
      String modelVersion,
      Scorer scorer) {

    boolean hasPolicyOf(PolicyPeriod other) {
      return version.equals(other.version) && policy.hash().equals(other.policy.hash());
    }

    boolean hasModelOf(PolicyPeriod other) {
      return Objects.equals(modelVersion, other.modelVersion)
          && policy
              .model()
              .map(PolicyModel::hash)
              .equals(other.policy.model().map(PolicyModel::hash));
    }
  }

  /** The policy without an active row. */
  private static final ScoringPolicy BUILT_IN = ScoringPolicy.byDefault();

  private final List<Entry> entries = new ArrayList<>();

  /** The policies of all documents that were ever active; empty for an invalid document. */
  private final Map<String, Optional<ScoringPolicy>> policies = new HashMap<>();

  /** The same for models. */
  private final Map<String, Optional<PolicyModel>> models = new HashMap<>();

  private List<PolicyPeriod> periods = List.of(builtIn(ALWAYS));

  /** The kept changes. */
  Stream<DatedRuleChange> changes() {
    return entries.stream().map(entry -> new DatedRuleChange(entry.since(), entry.change()));
  }

  /**
   * Drops changes that have no effect at an instant and later. The newest change of each row stays.
   * So do those at the last two beginnings of a policy, and of a model, as a document that is not
   * valid leaves the one before it in force. What came between these instants counts as of the
   * later one, so that no state in between comes into force.
   *
   * @return whether it dropped any
   */
  boolean mergeBelow(long instant) {
    NavigableSet<Long> instants = new TreeSet<>();
    instants.addAll(lastTwoBeginnings(instant, PolicyPeriod::hasPolicyOf));
    instants.addAll(lastTwoBeginnings(instant, PolicyPeriod::hasModelOf));
    for (Entry entry : entries) {
      if (entry.since() <= instant && (instants.isEmpty() || entry.since() > instants.last())) {
        instants.add(entry.since());
      }
    }
    Map<RuleChange, Long> kept = new HashMap<>();
    for (long at : instants) {
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
    policies.keySet().retainAll(documents(merged, PolicyChanged.class));
    models.keySet().retainAll(documents(merged, ModelChanged.class));
    periods = periodsFrom(ALWAYS);
    return true;
  }

  /** The last two beginnings until an instant of what two periods can have in common. */
  private List<Long> lastTwoBeginnings(
      long instant, BiPredicate<PolicyPeriod, PolicyPeriod> inCommon) {
    List<Long> beginnings = new ArrayList<>();
    PolicyPeriod before = null;
    for (PolicyPeriod period : periods) {
      if (period.since() <= instant && (before == null || !inCommon.test(period, before))) {
        beginnings.add(period.since());
      }
      before = period;
    }
    return beginnings.subList(Math.max(0, beginnings.size() - 2), beginnings.size());
  }

  private static Set<String> documents(List<Entry> entries, Class<? extends RuleChange> kind) {
    return entries.stream()
        .map(Entry::change)
        .filter(kind::isInstance)
        .map(
            change ->
                change instanceof PolicyChanged policy
                    ? policy.document()
                    : ((ModelChanged) change).document())
        .collect(Collectors.toSet());
  }

  /**
   * Adds a change of a policy or a model.
   *
   * @param since the first instant of the change, epoch milliseconds of event time
   * @return false if it is no newer than the known change of its row
   */
  boolean add(long since, RuleChange change) {
    Entry added = new Entry(since, change);
    if (!isNewer(added)) {
      return false;
    }
    entries.add(added);
    entries.sort(IN_FORCE);
    periods = periodsFrom(since);
    return true;
  }

  private List<RuleChange> newestOfEachRow(long instant) {
    List<Entry> rows = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.since() <= instant) {
        Entry known = rows.stream().filter(entry::isOfRowOf).findFirst().orElse(null);
        if (known == null) {
          rows.add(entry);
        } else if (known.change().version().compareTo(entry.change().version()) <= 0) {
          rows.set(rows.indexOf(known), entry);
        }
      }
    }
    return rows.stream().map(Entry::change).toList();
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
        period.modelVersion(),
        period.policy().model().map(PolicyModel::json).orElse(null),
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

  private boolean isNewer(Entry added) {
    for (Entry known : entries) {
      if (known.isOfRowOf(added)
          && known.change().version().compareTo(added.change().version()) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The periods after the changes from an instant on. What is in force before that instant stays,
   * since no later change has an effect on it.
   */
  private List<PolicyPeriod> periodsFrom(long instant) {
    List<PolicyPeriod> result = new ArrayList<>();
    for (PolicyPeriod period : periods) {
      if (period.since() < instant) {
        result.add(period);
      }
    }
    if (result.isEmpty()) {
      result.add(builtIn(ALWAYS));
    }
    Map<String, PolicyChanged> policyRows = new HashMap<>();
    Map<String, ModelChanged> modelRows = new HashMap<>();
    int i = 0;
    while (i < entries.size()) {
      // One transaction deactivates a policy and activates the next, so changes of one instant
      // count together.
      long since = entries.get(i).since();
      for (; i < entries.size() && entries.get(i).since() == since; i++) {
        Entry entry = entries.get(i);
        if (entry.change() instanceof PolicyChanged policy) {
          policyRows.put(entry.row(), policy);
        } else {
          modelRows.put(entry.row(), (ModelChanged) entry.change());
        }
      }
      if (since < instant) {
        continue;
      }
      PolicyPeriod before = result.get(result.size() - 1);
      PolicyPeriod now =
          withModel(inForce(since, policyRows.values(), before), modelRows.values(), before);
      if (!now.hasPolicyOf(before) || !now.hasModelOf(before)) {
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
        .map(policy -> new PolicyPeriod(since, version, false, policy, null, new Scorer(policy)))
        .orElseGet(() -> withoutModel(since, before));
  }

  private static PolicyPeriod withoutModel(long since, PolicyPeriod period) {
    ScoringPolicy policy = period.policy().withModel(null);
    return new PolicyPeriod(
        since, period.version(), period.builtIn(), policy, null, new Scorer(policy));
  }

  /** The period with the active model of its policy. */
  private PolicyPeriod withModel(
      PolicyPeriod period, Iterable<ModelChanged> rows, PolicyPeriod before) {
    ModelChanged active = null;
    for (ModelChanged row : rows) {
      if (row.active()
          && row.document() != null
          && period.version().equals(row.policyVersion())
          && (active == null || row.version().compareTo(active.version()) > 0)) {
        active = row;
      }
    }
    String modelVersion = active == null ? null : active.modelVersion();
    PolicyModel model = null;
    if (active != null) {
      model = models.computeIfAbsent(active.document(), PolicyTimeline::parseModel).orElse(null);
      if (model == null && before.version().equals(period.version())) {
        modelVersion = before.modelVersion();
        model = before.policy().model().orElse(null);
      }
    }
    if (model == null) {
      return period;
    }
    ScoringPolicy policy = period.policy().withModel(model);
    return new PolicyPeriod(
        period.since(),
        period.version(),
        period.builtIn(),
        policy,
        modelVersion,
        new Scorer(policy));
  }

  private static Optional<PolicyModel> parseModel(String document) {
    try {
      return Optional.of(PolicyModel.parse(document));
    } catch (InvalidPolicyException reported) {
      // The deserializer has reported it as a dead letter.
      return Optional.empty();
    }
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
    return new PolicyPeriod(since, BUILT_IN.version(), true, BUILT_IN, null, new Scorer(BUILT_IN));
  }
}
