package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import io.rekindle.connectors.flink.ChangeSerializer;
import io.rekindle.job.outreach.Candidate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.DecisionSerializer;
import io.rekindle.job.outreach.Decisions;
import io.rekindle.job.rules.OutreachEntrySerializer;
import io.rekindle.job.rules.OutreachTimeline;
import io.rekindle.job.rules.PolicyEntrySerializer;
import io.rekindle.job.rules.PolicyTimeline;
import io.rekindle.job.state.Cause;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.OutreachState;
import io.rekindle.job.state.Profile;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.job.state.UserState;
import io.rekindle.job.state.UserStateSerializer;
import io.rekindle.scoring.Score;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Keeps what is known of each user and evaluates it, as of the instants at which anything can have
 * changed.
 *
 * <p>A change waits until the watermark passes its commit time; then the user is caught up: the
 * waiting changes are applied in the order of their commits, and the user is evaluated once as of
 * each instant at which something was committed or was due by itself. So a score update as of t
 * rests on exactly what was committed until t, and the same input gives the same score updates,
 * however the partitions were interleaved.
 *
 * <p>Rows of the first snapshot are applied at once: no user is evaluated before the clock ticks,
 * and the clock ticks only after the snapshot.
 *
 * <p>When the user becomes at risk an episode opens, and is decided once; {@link #DECISIONS} gives
 * what was decided.
 *
 * <p>Input 1 is keyed by user, input 2, the policies and rules, is broadcast. An operator rather
 * than a process function because it needs the watermark before an advance, timers of two kinds,
 * and counts that move with key groups.
 */
public final class EngagementOperator extends AbstractStreamOperator<ScoreUpdate>
    implements TwoInputStreamOperator<Change, RuleChange, ScoreUpdate>, Triggerable<String, Byte> {

  private static final long serialVersionUID = 1L;

  /** Keyed: what is known of the user. */
  static final ValueStateDescriptor<UserState> USER =
      new ValueStateDescriptor<>("user", new UserStateSerializer());

  /** Keyed: changes that wait for the watermark. */
  static final ListStateDescriptor<Change> PENDING =
      new ListStateDescriptor<>("pending", new ChangeSerializer());

  /** Broadcast: every change of a policy, numbered as they came. */
  static final MapStateDescriptor<Integer, PolicyTimeline.PolicyEntry> POLICIES =
      new MapStateDescriptor<>("policies", IntSerializer.INSTANCE, new PolicyEntrySerializer());

  /** Broadcast: every change of the rules of outreach, numbered as they came. */
  static final MapStateDescriptor<Integer, OutreachTimeline.OutreachEntry> OUTREACH =
      new MapStateDescriptor<>("outreach", IntSerializer.INSTANCE, new OutreachEntrySerializer());

  /** Per subtask: the watermark up to which every user is evaluated. */
  static final ListStateDescriptor<Long> EVALUATED_UNTIL =
      new ListStateDescriptor<>("evaluated-until", LongSerializer.INSTANCE);

  /** Per key group: what {@link StateCounts} counts. */
  static final ListStateDescriptor<long[]> STATE_COUNTS =
      new ListStateDescriptor<>("state-counts", LongPrimitiveArraySerializer.INSTANCE);

  /** What outreach does about the episodes that open, before the day's emails are given out. */
  public static final OutputTag<Decision> DECISIONS =
      new OutputTag<>("decisions", DecisionSerializer.TYPE);

  private static final String TIMERS = "instants";

  /** A timer at which another policy comes into force. */
  private static final Byte POLICY_SWITCH = 0;

  /** The user's decay timer: fires at the next instant the score drops without an order. */
  private static final Byte WAKE_UP = 1;

  private static final long NO_WATERMARK = Long.MIN_VALUE;

  /** Versions decide which change counts; this only has to be the same order every time. */
  private static final Comparator<Change> BY_COMMIT =
      Comparator.comparingLong(Change::commitTime)
          .thenComparingInt(EngagementOperator::table)
          .thenComparingLong(change -> change.version().commitLsn())
          .thenComparingLong(change -> change.version().lsn())
          .thenComparing(EngagementOperator::row);

  private final long tombstoneRetentionMs;

  private transient ValueState<UserState> users;
  private transient ListState<Change> storedPending;
  private transient BroadcastState<Integer, PolicyTimeline.PolicyEntry> storedPolicies;
  private transient BroadcastState<Integer, OutreachTimeline.OutreachEntry> storedOutreach;
  private transient ListState<Long> storedEvaluatedUntil;
  private transient ListState<long[]> storedStateCounts;
  private transient InternalTimerService<Byte> timers;

  private transient PolicyTimeline policies;
  private transient OutreachTimeline outreachRules;
  private transient StateCounts stateCounts;
  private transient EngagementMetrics engagementMetrics;

  /** The watermark of the last advance that is complete. */
  private transient long evaluatedUntil;

  private transient PendingChanges pending;
  private transient StreamRecord<ScoreUpdate> record;

  /**
   * @param tombstoneRetention how long a deleted row is remembered, in event time
   */
  public EngagementOperator(Duration tombstoneRetention) {
    this.tombstoneRetentionMs = tombstoneRetention.toMillis();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    users = context.getKeyedStateStore().getState(USER);
    storedPending = context.getKeyedStateStore().getListState(PENDING);

    storedPolicies = context.getOperatorStateStore().getBroadcastState(POLICIES);
    policies = new PolicyTimeline();
    List<PolicyTimeline.PolicyEntry> known = new ArrayList<>();
    for (Map.Entry<Integer, PolicyTimeline.PolicyEntry> entry : storedPolicies.immutableEntries()) {
      known.add(entry.getValue());
    }
    known.sort(Comparator.comparing(entry -> entry.change().version()));
    policies.add(known);

    storedOutreach = context.getOperatorStateStore().getBroadcastState(OUTREACH);
    outreachRules = new OutreachTimeline();
    for (Map.Entry<Integer, OutreachTimeline.OutreachEntry> entry :
        storedOutreach.immutableEntries()) {
      outreachRules.add(entry.getValue());
    }

    // Every subtask has the same watermark at an aligned barrier; a new one takes it from any.
    storedEvaluatedUntil = context.getOperatorStateStore().getUnionListState(EVALUATED_UNTIL);
    evaluatedUntil = NO_WATERMARK;
    for (long watermark : storedEvaluatedUntil.get()) {
      evaluatedUntil = Math.max(evaluatedUntil, watermark);
    }

    storedStateCounts = context.getOperatorStateStore().getUnionListState(STATE_COUNTS);
    stateCounts = new StateCounts(keyGroups(), storedStateCounts.get());
  }

  private KeyGroupRange keyGroups() {
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        maxParallelism(),
        getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
        getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
  }

  private int maxParallelism() {
    return getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
  }

  StateCounts stateCounts() {
    return stateCounts;
  }

  @SuppressWarnings("unchecked") // Input 1 is keyed by user id.
  private KeyedStateBackend<String> keyedStateBackend() {
    return (KeyedStateBackend<String>) (KeyedStateBackend<?>) getKeyedStateBackend();
  }

  @Override
  public void open() throws Exception {
    super.open();
    timers = getInternalTimerService(TIMERS, ByteSerializer.INSTANCE, this);
    engagementMetrics = new EngagementMetrics(getMetricGroup(), stateCounts);
    pending = new PendingChanges(keyedStateBackend(), PENDING.getName(), storedPending, BY_COMMIT);
    record = new StreamRecord<>(null);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    pending.store();
    storedEvaluatedUntil.update(List.of(evaluatedUntil));
    storedStateCounts.update(stateCounts.toStore());
  }

  @Override
  public void processElement1(StreamRecord<Change> element) throws Exception {
    Change change = element.getValue();
    if (change.snapshot() && evaluatedUntil == NO_WATERMARK) {
      applySnapshotRow(change);
      return;
    }
    if (change.commitTime() <= evaluatedUntil) {
      engagementMetrics.late.inc();
    }
    pending.add(change);
  }

  /**
   * Applies a row of the first snapshot, and has the user evaluated as of the last of their rows.
   */
  private void applySnapshotRow(Change change) throws Exception {
    UserState user = users.value();
    if (user == null) {
      user = new UserState();
    }
    boolean wasUser = user.profile != null;
    int ordersBefore = user.orders.size();
    if (!user.apply(change, change.commitTime())) {
      engagementMetrics.duplicates.inc();
      return;
    }
    user.reviewAt =
        user.reviewAt == UserState.NEVER_DUE
            ? change.commitTime()
            : Math.max(user.reviewAt, change.commitTime());
    wakeUpAt(user.reviewAt, user);
    users.update(user);
    count(change.userId(), user, wasUser, ordersBefore, user.unconvertedOrders);
  }

  @Override
  public void processElement2(StreamRecord<RuleChange> element) throws Exception {
    RuleChange change = element.getValue();
    boolean initialSnapshot = change.snapshot() && evaluatedUntil == NO_WATERMARK;
    long since =
        initialSnapshot
            ? PolicyTimeline.ALWAYS
            : Math.max(change.commitTime(), nextInstant(evaluatedUntil));
    if (change instanceof OutreachChanged rules) {
      if (outreachRules.add(new OutreachTimeline.OutreachEntry(since, rules))) {
        storedOutreach.put(outreachRules.size(), new OutreachTimeline.OutreachEntry(since, rules));
      }
    } else if (change instanceof PolicyChanged policy) {
      for (PolicyTimeline.PolicyEntry entry :
          policies.add(List.of(new PolicyTimeline.PolicyEntry(since, policy)))) {
        storedPolicies.put(policies.size(), entry);
        if (!initialSnapshot) {
          evaluateAllUsersAt(since);
        }
      }
    }
  }

  private static long nextInstant(long instant) {
    return instant == NO_WATERMARK ? NO_WATERMARK : instant + 1;
  }

  private void evaluateAllUsersAt(long instant) throws Exception {
    getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            USER,
            (userId, state) -> timers.registerEventTimeTimer(POLICY_SWITCH, instant));
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()) {
      // The end of the input proves nothing about time: no user is evaluated as of it.
      output.emitWatermark(mark);
      return;
    }
    if (mark.getTimestamp() <= evaluatedUntil) {
      // After a restore the sources repeat what is evaluated already; time does not go back.
      return;
    }
    pending.releaseUntil(
        mark.getTimestamp(), (userId, changes) -> catchUp(userId, changes, mark.getTimestamp()));
    super.processWatermark(mark);
    evaluatedUntil = mark.getTimestamp();
  }

  @Override
  public void onEventTime(InternalTimer<String, Byte> timer) throws Exception {
    catchUp(timer.getKey(), List.of(), timers.currentWatermark());
  }

  @Override
  public void onProcessingTime(InternalTimer<String, Byte> timer) {
    throw new IllegalStateException("No timer is in processing time");
  }

  /** Applies all that was committed until the watermark, and evaluates as of each such instant. */
  private void catchUp(String userId, List<Change> changes, long watermark) throws Exception {
    UserState user = users.value();
    if (user == null) {
      if (changes.isEmpty()) {
        return;
      }
      user = new UserState();
    }
    boolean wasUser = user.profile != null;
    int ordersBefore = user.orders.size();
    int unconvertedBefore = user.unconvertedOrders;
    boolean touched = !changes.isEmpty();

    int next = 0;
    while (true) {
      long changeAt = next < changes.size() ? instantOf(changes.get(next)) : UserState.NEVER_DUE;
      long dueAt = dueAt(user);
      long at = Math.min(changeAt, dueAt);
      if (at > watermark) {
        break;
      }
      touched = true;
      user = expire(user, at);
      Change lastApplied = null;
      boolean newUser = false;
      for (; next < changes.size() && instantOf(changes.get(next)) <= at; next++) {
        Change change = changes.get(next);
        boolean unknownUser = user.profile == null;
        if (user.apply(change, at)) {
          lastApplied = change;
          newUser |= unknownUser && change instanceof UserChanged;
        } else {
          engagementMetrics.duplicates.inc();
        }
      }
      if (lastApplied != null || dueAt <= at) {
        evaluate(userId, user, at, lastApplied, newUser);
      }
    }
    storeOrClear(user, watermark, touched);
    count(userId, user, wasUser, ordersBefore, unconvertedBefore);
  }

  /**
   * Forgets what is past its time as of an instant, by event time alone: when the memory is really
   * freed depends on the watermark, what is still known must not.
   */
  private UserState expire(UserState user, long at) {
    if (user.clearableFrom(tombstoneRetentionMs) <= at) {
      UserState unknown = new UserState();
      unknown.wakeAt = user.wakeAt;
      return unknown;
    }
    user.expireRemovedOrders(at, tombstoneRetentionMs);
    return user;
  }

  /** When a change counts: when it was committed, unless that had been evaluated before it came. */
  private long instantOf(Change change) {
    return Math.max(change.commitTime(), nextInstant(evaluatedUntil));
  }

  private long dueAt(UserState user) {
    return user.published == null
        ? user.reviewAt
        : Math.min(user.reviewAt, policies.nextSwitch(user.evaluatedAt));
  }

  /** Stores the user, or forgets whatever can be forgotten. */
  private void storeOrClear(UserState user, long watermark, boolean touched) throws Exception {
    user.expireRemovedOrders(watermark, tombstoneRetentionMs);
    if (user.wakeAt <= watermark) {
      user.wakeAt = UserState.NEVER_DUE;
      touched = true;
    }
    long clearableFrom = user.clearableFrom(tombstoneRetentionMs);
    if (clearableFrom <= watermark) {
      if (user.wakeAt != UserState.NEVER_DUE) {
        timers.deleteEventTimeTimer(WAKE_UP, user.wakeAt);
      }
      users.clear();
      return;
    }
    touched |= wakeUpAt(Math.min(dueAt(user), clearableFrom), user);
    if (touched) {
      users.update(user);
    }
  }

  /**
   * Has the user woken at an instant or before. A timer that is too early stays, since moving it
   * for every order would cost more than the one time that it fires in vain.
   */
  private boolean wakeUpAt(long instant, UserState user) {
    if (instant >= user.wakeAt) {
      return false;
    }
    if (user.wakeAt != UserState.NEVER_DUE) {
      timers.deleteEventTimeTimer(WAKE_UP, user.wakeAt);
    }
    timers.registerEventTimeTimer(WAKE_UP, instant);
    user.wakeAt = instant;
    return true;
  }

  private void evaluate(
      String userId, UserState user, long at, Change lastApplied, boolean newUser) {
    PublishedScore previous = user.published;
    if (user.profile == null) {
      user.published = null;
      user.reviewAt = UserState.NEVER_DUE;
      user.unconvertedOrders = 0;
      if (previous != null) {
        user.evaluatedAt = at;
        user.revision++;
        emit(
            new ScoreUpdate(
                userId,
                at,
                user.revision,
                null,
                null,
                false,
                user.lastContactAt,
                null,
                previous,
                Cause.USER_REMOVED,
                null,
                true,
                user.episode() == null ? null : close(user, at, Episode.CloseReason.USER_REMOVED)),
            lastApplied);
      }
      return;
    }

    PolicyTimeline.PolicyPeriod period = policies.at(at);
    Score computed = period.scorer().score(user.orders, at, user.lastContactAt);
    boolean overridden = user.isOverridden(at);
    Score score =
        overridden
            ? period
                .scorer()
                .overridden(
                    computed,
                    user.override.score(),
                    user.override.setAt(),
                    user.override.expiresAt())
            : computed;
    PublishedScore published =
        new PublishedScore(score.scored(), score.score(), score.band(), score.atRisk(), overridden);

    Cause cause = null;
    String causeId = null;
    if (lastApplied != null) {
      cause = causeOf(lastApplied, newUser);
      causeId = cause == null ? null : causeId(lastApplied);
    }
    if (cause == null) {
      if (previous == null) {
        cause = Cause.SNAPSHOT;
      } else if (previous.overridden() && !overridden) {
        cause = Cause.OVERRIDE_ENDED;
      } else if (period.since() > user.evaluatedAt) {
        cause = Cause.POLICY;
        causeId = period.version();
      } else {
        cause = Cause.TIME;
      }
    }

    user.published = published;
    user.evaluatedAt = at;
    user.revision++;
    user.unconvertedOrders = computed.unconvertedOrders();
    user.reviewAt = score.nextReview() == Score.NEVER ? UserState.NEVER_DUE : score.nextReview();
    emit(
        new ScoreUpdate(
            userId,
            at,
            user.revision,
            score,
            computed,
            overridden,
            user.lastContactAt,
            period.version(),
            previous,
            cause,
            causeId,
            previous == null || published.differs(previous),
            updateEpisode(userId, user, score, overridden, period, at)),
        lastApplied);
  }

  /** Opens or closes the user's episode; null if neither. */
  private Episode updateEpisode(
      String userId,
      UserState user,
      Score score,
      boolean overridden,
      PolicyTimeline.PolicyPeriod period,
      long at) {
    if (user.episode() != null) {
      return period.policy().recovered(score.atRisk(), score.scored(), score.score())
          ? close(
              user,
              at,
              score.scored() ? Episode.CloseReason.RECOVERED : Episode.CloseReason.NO_ORDERS)
          : null;
    }
    if (!score.atRisk()) {
      return null;
    }
    OutreachState outreach = user.outreach();
    outreach.episode = Episode.opened(score.atRiskSince(), at, score.score(), period.version());
    if (!outreach.wasDecided(score.atRiskSince())) {
      decide(userId, user, score, overridden, period.version(), at);
    }
    return outreach.episode;
  }

  private static Episode close(UserState user, long at, Episode.CloseReason reason) {
    Episode closed = user.outreach.episode.closed(at, reason);
    user.outreach.episode = null;
    return closed;
  }

  /** Decides about the episode that has just opened, once and for all. */
  private void decide(
      String userId,
      UserState user,
      Score score,
      boolean overridden,
      String policyVersion,
      long at) {
    OutreachRules rules = outreachRules.at(at);
    OutreachState outreach = user.outreach;
    Profile profile = user.profile;
    Candidate candidate =
        new Candidate(
            profile.hasAddress(),
            profile.marketingConsent(),
            user.suppression(),
            user.lastContactAt,
            score,
            overridden,
            policyVersion,
            rules.experimentId().equals(outreach.experimentId) ? outreach.arm : null,
            profile.facts(userId, score));
    Decision decision = Decisions.decide(candidate, outreach.episode.openedAt(), at, rules);
    outreach.decided(outreach.episode.openedAt());
    if (decision.arm() != null) {
      outreach.experimentId = decision.experimentId();
      outreach.arm = decision.arm();
    }
    output.collect(DECISIONS, new StreamRecord<>(decision, at));
  }

  private void emit(ScoreUpdate update, Change lastApplied) {
    engagementMetrics.evaluated.inc();
    if (update.changed()) {
      engagementMetrics.changed.inc();
    }
    if (lastApplied != null && !lastApplied.snapshot()) {
      engagementMetrics.captureToScore.update(
          getProcessingTimeService().getCurrentProcessingTime() - lastApplied.commitTime());
    }
    output.collect(record.replace(update, update.asOf()));
  }

  private void count(
      String userId, UserState user, boolean wasUser, int ordersBefore, int unconvertedBefore) {
    int moreUsers = (user.profile != null ? 1 : 0) - (wasUser ? 1 : 0);
    int moreOrders = user.orders.size() - ordersBefore;
    int moreUnconverted = user.unconvertedOrders - unconvertedBefore;
    if (moreUsers != 0 || moreOrders != 0 || moreUnconverted != 0) {
      int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(userId, maxParallelism());
      stateCounts.add(keyGroup, moreUsers, moreOrders, moreUnconverted);
    }
  }

  /** Null for a change that by itself explains no other score. */
  private static Cause causeOf(Change change, boolean newUser) {
    if (change.snapshot()) {
      return Cause.SNAPSHOT;
    } else if (change instanceof OrderChanged order) {
      return switch (order.kind()) {
        case PLACED -> Cause.ORDER_PLACED;
        case REFUNDED -> Cause.ORDER_REFUNDED;
        case CANCELLED -> Cause.ORDER_CANCELLED;
        case MOVED_IN -> Cause.ORDER_MOVED_IN;
        case AMENDED -> Cause.ORDER_AMENDED;
      };
    } else if (change instanceof OrderRemoved order) {
      return order.moved() ? Cause.ORDER_MOVED_OUT : Cause.ORDER_REMOVED;
    } else if (change instanceof Contacted) {
      return Cause.CONTACT;
    } else if (change instanceof OverrideChanged) {
      return Cause.OVERRIDE;
    } else if (change instanceof OverrideRemoved) {
      return Cause.OVERRIDE_ENDED;
    }
    return newUser ? Cause.USER_CREATED : null;
  }

  private static String causeId(Change change) {
    String row = change.snapshot() ? "" : row(change);
    return row.isEmpty() ? null : row;
  }

  /** Among changes of one instant an order's comes last, since it is what a cause is about. */
  private static int table(Change change) {
    if (change instanceof OrderChanged || change instanceof OrderRemoved) {
      return 3;
    } else if (change instanceof OverrideChanged || change instanceof OverrideRemoved) {
      return 2;
    }
    return change instanceof UserChanged || change instanceof UserRemoved ? 1 : 0;
  }

  /** The key of the row among those of its table for one user. */
  private static String row(Change change) {
    if (change instanceof OrderChanged order) {
      return order.orderId();
    } else if (change instanceof OrderRemoved order) {
      return order.orderId();
    } else if (change instanceof Contacted contact) {
      return contact.emailId();
    }
    return "";
  }
}
