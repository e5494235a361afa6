package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.flink.ChangeSerializer;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.DatedRuleChange;
import io.rekindle.job.rules.PolicyInForce;
import io.rekindle.job.rules.PolicyTimeline;
import io.rekindle.job.rules.RuleTimelines;
import io.rekindle.job.state.OrderLedger;
import io.rekindle.job.state.StoredOrder;
import io.rekindle.job.state.UserState;
import io.rekindle.job.state.UserStateSerializer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
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
 * Keeps the state of each user. {@link UserEvaluator} evaluates it when the watermark passes.
 *
 * <p>A change waits until the watermark passes its commit time. The same input therefore gives the
 * same score updates in any order of the partitions.
 *
 * <p>Rows of the first snapshot are applied at once. The clock ticks only after the snapshot, and
 * no user is evaluated before.
 *
 * <p>Input 1 is keyed by user. Input 2 has the policies and outreach rules, and is broadcast. This
 * is an operator, since a process function has no watermark before an advance, no timers of two
 * kinds, and no counts that move with key groups. The class is long, since it has all calls of
 * Flink. {@link UserEvaluator}, {@link PendingChanges} and {@link StateCounts} have the rules.
 */
public final class EngagementOperator extends AbstractStreamOperator<ScoreUpdate>
    implements TwoInputStreamOperator<Change, RuleChange, ScoreUpdate>,
        Triggerable<String, Byte>,
        UserEvaluator.Receiver {

  private static final long serialVersionUID = 1L;

  /** Keyed: the state of the user. */
  static final ValueStateDescriptor<UserState> USER =
      new ValueStateDescriptor<>("user", new UserStateSerializer());

  /** Keyed: the orders of the user that are not in {@link #USER}. */
  static final MapStateDescriptor<String, StoredOrder> ORDER_ROWS =
      new MapStateDescriptor<>(
          "order-rows", StringSerializer.INSTANCE, new RecordSerializer<>(StoredOrder.class));

  /** Keyed: changes that wait for the watermark. */
  static final ListStateDescriptor<Change> PENDING =
      new ListStateDescriptor<>("pending", new ChangeSerializer());

  /** Broadcast: the kept changes of policies and outreach rules, numbered from 1 by arrival. */
  static final MapStateDescriptor<Integer, DatedRuleChange> RULE_CHANGES =
      new MapStateDescriptor<>(
          "rule-changes", IntSerializer.INSTANCE, new RecordSerializer<>(DatedRuleChange.class));

  /** Per subtask: the watermark up to which all users are evaluated. */
  static final ListStateDescriptor<Long> EVALUATED_UNTIL =
      new ListStateDescriptor<>("evaluated-until", LongSerializer.INSTANCE);

  /** Per key group: the numbers of {@link StateCounts}. */
  static final ListStateDescriptor<long[]> STATE_COUNTS =
      new ListStateDescriptor<>("state-counts", LongPrimitiveArraySerializer.INSTANCE);

  /** The decisions about new episodes, before the daily cap. */
  public static final OutputTag<Decision> DECISIONS =
      new OutputTag<>("decisions", EventTypeInfo.of(Decision.class));

  /** The policy in force, at the first watermark and at every change. */
  public static final OutputTag<PolicyInForce> POLICY_IN_FORCE =
      new OutputTag<>("policy-in-force", EventTypeInfo.of(PolicyInForce.class));

  private static final String TIMERS = "instants";

  /** A timer at which another policy comes into force. */
  private static final Byte POLICY_SWITCH = 0;

  /** The user's decay timer: fires at the next instant the score drops without an order. */
  private static final Byte WAKE_UP = 1;

  private static final long NO_WATERMARK = Long.MIN_VALUE;

  private final long tombstoneRetentionMs;

  private transient ValueState<UserState> users;
  private transient ListState<Change> storedPending;
  private transient BroadcastState<Integer, DatedRuleChange> storedRuleChanges;
  private transient ListState<Long> storedEvaluatedUntil;
  private transient ListState<long[]> storedStateCounts;
  private transient InternalTimerService<Byte> timers;

  private transient RuleTimelines rules;
  private transient OrderLedger orderLedger;
  private transient UserEvaluator evaluator;
  private transient StateCounts stateCounts;
  private transient EngagementMetrics engagementMetrics;

  /** The watermark of the last complete advance. */
  private transient long evaluatedUntil;

  private transient PendingChanges pending;
  private transient StreamRecord<ScoreUpdate> record;

  /** The last emitted policy in force; null before the first. */
  private transient PolicyInForce lastInForce;

  /**
   * @param tombstoneRetention the event time for which the state remembers a deleted row
   */
  public EngagementOperator(Duration tombstoneRetention) {
    this.tombstoneRetentionMs = tombstoneRetention.toMillis();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    users = context.getKeyedStateStore().getState(USER);
    storedPending = context.getKeyedStateStore().getListState(PENDING);

    storedRuleChanges = context.getOperatorStateStore().getBroadcastState(RULE_CHANGES);
    rules = new RuleTimelines();
    Map<Integer, DatedRuleChange> asTheyCame = new TreeMap<>();
    for (Map.Entry<Integer, DatedRuleChange> entry : storedRuleChanges.immutableEntries()) {
      asTheyCame.put(entry.getKey(), entry.getValue());
    }
    asTheyCame.values().forEach(rules::add);
    orderLedger =
        new OrderLedger(
            new KeyedOrderRows(context.getKeyedStateStore().getMapState(ORDER_ROWS)),
            tombstoneRetentionMs);
    evaluator = new UserEvaluator(rules, orderLedger, this);

    // All subtasks have the same watermark at an aligned barrier, so a new one takes any of them.
    storedEvaluatedUntil = context.getOperatorStateStore().getUnionListState(EVALUATED_UNTIL);
    evaluatedUntil = NO_WATERMARK;
    for (long watermark : storedEvaluatedUntil.get()) {
      evaluatedUntil = Math.max(evaluatedUntil, watermark);
    }
    dropReplacedRules();

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
    pending =
        new PendingChanges(
            keyedStateBackend(), PENDING.getName(), storedPending, CommitOrder.COMPARATOR);
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

  /** Applies a row of the first snapshot. The user is evaluated as of the last of their rows. */
  private void applySnapshotRow(Change change) throws Exception {
    UserState user = users.value();
    if (user == null) {
      user = new UserState();
    }
    boolean wasUser = user.profile() != null;
    int ordersBefore = user.orderCount();
    if (!user.apply(change, change.commitTime(), orderLedger)) {
      duplicate();
      return;
    }
    user.reviewNoEarlierThan(change.commitTime());
    wakeUpAt(user.reviewAt(), user);
    users.update(user);
    count(change.userId(), user, wasUser, ordersBefore, user.unconvertedOrders());
  }

  @Override
  public void processElement2(StreamRecord<RuleChange> element) throws Exception {
    RuleChange change = element.getValue();
    boolean initialSnapshot = change.snapshot() && evaluatedUntil == NO_WATERMARK;
    long since =
        initialSnapshot ? PolicyTimeline.ALWAYS : Math.max(change.commitTime(), firstOpen());
    DatedRuleChange dated = new DatedRuleChange(since, change);
    if (rules.add(dated)) {
      storedRuleChanges.put(rules.changes().size(), dated);
      dropReplacedRules();
      if (change instanceof PolicyChanged && !initialSnapshot) {
        evaluateAllUsersAt(since);
      }
    }
  }

  /** Drops rule changes that no evaluation needs any more. */
  private void dropReplacedRules() throws Exception {
    // The margin is for a restore, which takes the rules of any subtask.
    if (evaluatedUntil == NO_WATERMARK || !rules.mergeBelow(evaluatedUntil - tombstoneRetentionMs)) {
      return;
    }
    storedRuleChanges.clear();
    List<DatedRuleChange> changes = rules.changes();
    for (int i = 0; i < changes.size(); i++) {
      storedRuleChanges.put(i + 1, changes.get(i));
    }
  }

  /** The first instant that is not yet evaluated. */
  private long firstOpen() {
    return evaluatedUntil == NO_WATERMARK ? NO_WATERMARK : evaluatedUntil + 1;
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
      // The end of the input proves nothing about time.
      output.emitWatermark(mark);
      return;
    }
    if (mark.getTimestamp() <= evaluatedUntil) {
      // After a restore, the sources repeat evaluated changes. Time does not go back.
      return;
    }
    pending.releaseUntil(
        mark.getTimestamp(), (userId, changes) -> catchUp(userId, changes, mark.getTimestamp()));
    emitPolicyInForce(mark.getTimestamp());
    super.processWatermark(mark);
    evaluatedUntil = mark.getTimestamp();
  }

  /** The first subtask emits it, since all have the same changes and the same watermark. */
  private void emitPolicyInForce(long watermark) {
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      PolicyInForce inForce = rules.policies().inForceAt(watermark);
      if (!inForce.equals(lastInForce)) {
        lastInForce = inForce;
        output.collect(POLICY_IN_FORCE, new StreamRecord<>(inForce, watermark));
      }
    }
  }

  @Override
  public void onEventTime(InternalTimer<String, Byte> timer) throws Exception {
    catchUp(timer.getKey(), List.of(), timers.currentWatermark());
  }

  @Override
  public void onProcessingTime(InternalTimer<String, Byte> timer) {
    throw new IllegalStateException("No timer is in processing time");
  }

  private void catchUp(String userId, List<Change> changes, long watermark) throws Exception {
    UserState known = users.value();
    if (known == null && changes.isEmpty()) {
      return;
    }
    UserState before = known == null ? new UserState() : known;
    boolean wasUser = before.profile() != null;
    int ordersBefore = before.orderCount();
    int unconvertedBefore = before.unconvertedOrders();
    boolean touched = !changes.isEmpty() || evaluator.dueAt(before) <= watermark;
    UserState user = evaluator.catchUp(userId, before, changes, firstOpen(), watermark);
    storeOrClear(user, watermark, touched);
    count(userId, user, wasUser, ordersBefore, unconvertedBefore);
  }

  /** Stores the user, or clears a state without any use. */
  private void storeOrClear(UserState user, long watermark, boolean touched) throws Exception {
    boolean changed = orderLedger.sweep(user, watermark) || touched;
    if (user.wakeAt() <= watermark) {
      user.wakeAt(UserState.NEVER_DUE);
      changed = true;
    }
    long clearableFrom = user.clearableFrom(tombstoneRetentionMs);
    if (clearableFrom <= watermark) {
      if (user.wakeAt() != UserState.NEVER_DUE) {
        timers.deleteEventTimeTimer(WAKE_UP, user.wakeAt());
      }
      orderLedger.clear(user);
      users.clear();
      return;
    }
    changed |= wakeUpAt(Math.min(evaluator.dueAt(user), clearableFrom), user);
    if (changed) {
      users.update(user);
    }
  }

  /**
   * Registers a timer at an instant, unless there is an earlier one. An early timer stays. Moving
   * it at every order would cost more than one useless call.
   */
  private boolean wakeUpAt(long instant, UserState user) {
    if (instant >= user.wakeAt()) {
      return false;
    }
    if (user.wakeAt() != UserState.NEVER_DUE) {
      timers.deleteEventTimeTimer(WAKE_UP, user.wakeAt());
    }
    timers.registerEventTimeTimer(WAKE_UP, instant);
    user.wakeAt(instant);
    return true;
  }

  @Override
  public void scoreUpdate(ScoreUpdate update, Change lastApplied) {
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

  @Override
  public void decision(Decision decision) {
    output.collect(DECISIONS, new StreamRecord<>(decision, decision.decidedAt()));
  }

  @Override
  public void duplicate() {
    engagementMetrics.duplicates.inc();
  }

  private void count(
      String userId, UserState user, boolean wasUser, int ordersBefore, int unconvertedBefore) {
    int moreUsers = (user.profile() != null ? 1 : 0) - (wasUser ? 1 : 0);
    int moreOrders = user.orderCount() - ordersBefore;
    int moreUnconverted = user.unconvertedOrders() - unconvertedBefore;
    if (moreUsers != 0 || moreOrders != 0 || moreUnconverted != 0) {
      int keyGroup = KeyGroupRangeAssignment.assignToKeyGroup(userId, maxParallelism());
      stateCounts.add(keyGroup, moreUsers, moreOrders, moreUnconverted);
    }
  }
}
