package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
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
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.internal.InternalListState;
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
 * <p>Rows of the first snapshot are applied at once, since the clock ticks only after it, and no
 * user is evaluated before. A row of a later snapshot waits like a change, until the watermark
 * passes the snapshot's beginning: a restored job may read it while it has changes from before. It
 * is dropped at once if it equals the known row.
 *
 * <p>An advance of the watermark runs in slices. Input, barriers and cancellation pass between two
 * slices. A checkpoint in the middle keeps the work that is done, and a restore goes on there: due
 * timers, stored changes and {@link StateCounts} say what is left.
 *
 * <p>Input 1 is keyed by user. Input 2 has the policies and outreach rules, and is broadcast. This
 * is an operator, since a process function has no watermark before an advance, no timers of two
 * kinds, and no counts that move with key groups. The class is long, since it has all calls of
 * Flink. {@link UserEvaluator}, {@link WaitingChanges}, {@link UserSweep} and {@link StateCounts}
 * have the rules.
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

  /** Keyed, in the namespace of an instant: the changes that wait for the watermark. */
  static final ListStateDescriptor<Change> WAITING =
      new ListStateDescriptor<>("waiting", new ChangeSerializer());

  /** Broadcast: the kept changes of policies and outreach rules, numbered from 1 by arrival. */
  static final MapStateDescriptor<Integer, DatedRuleChange> RULE_CHANGES =
      new MapStateDescriptor<>(
          "rule-changes", IntSerializer.INSTANCE, new RecordSerializer<>(DatedRuleChange.class));

  /** Per subtask: the last received watermark. */
  static final ListStateDescriptor<Long> RECEIVED =
      new ListStateDescriptor<>("received-watermark", LongSerializer.INSTANCE);

  /** Per subtask: the watermark of the last complete advance. */
  static final ListStateDescriptor<Long> COMPLETED =
      new ListStateDescriptor<>("completed-watermark", LongSerializer.INSTANCE);

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

  /** A timer at the instant of changes that wait in keyed state. */
  private static final Byte STORED_CHANGES = 0;

  /** The user's decay timer: fires at the next instant the score drops without an order. */
  private static final Byte WAKE_UP = 1;

  private static final long NO_WATERMARK = Long.MIN_VALUE;

  private static final long SLICE_MS = 50;

  /** The time for input between two slices. */
  static final long PAUSE_MS = 3;

  private final long tombstoneRetentionMs;
  private final Duration backfillQuietTime;
  private final Slice slice;
  private final long maxWaitingBytes;

  private transient ValueState<UserState> users;
  private transient BroadcastState<Integer, DatedRuleChange> storedRuleChanges;
  private transient ListState<Long> storedReceived;
  private transient ListState<Long> storedCompleted;
  private transient ListState<long[]> storedStateCounts;
  private transient InternalTimerService<Byte> timers;

  private transient RuleTimelines rules;
  private transient OrderLedger orderLedger;
  private transient UserEvaluator evaluator;
  private transient StateCounts stateCounts;
  private transient EngagementMetrics engagementMetrics;

  /** The last received watermark. A change at it or before is late. */
  private transient long received;

  /** The watermark of the last complete advance; NO_WATERMARK after a restore. */
  private transient long completed;

  /** The watermark of the present slice. */
  private transient long until;

  /** The instant of the last timer of the present slice. */
  private transient long lastTimer;

  /** The last emitted watermark. */
  private transient long emitted;

  /** The next slice of an advance; null without one. */
  private transient ScheduledFuture<?> nextSlice;

  private transient WaitingChanges waiting;
  private transient List<WaitingChange> due;

  /** The evaluation of all users for another policy; null while there is none. */
  private transient UserSweep sweep;

  private transient StreamRecord<ScoreUpdate> record;

  /** The last emitted policy in force; null before the first. */
  private transient PolicyInForce lastInForce;

  /**
   * @param tombstoneRetention the event time for which the state remembers a deleted row
   * @param backfillQuietTime the event time without an order from before after which a user to whom
   *     such orders were added is evaluated
   */
  public EngagementOperator(Duration tombstoneRetention, Duration backfillQuietTime) {
    this(tombstoneRetention, backfillQuietTime, Slice.ofMillis(SLICE_MS), WaitingChanges.MAX_BYTES);
  }

  EngagementOperator(
      Duration tombstoneRetention, Duration backfillQuietTime, Slice slice, long maxWaitingBytes) {
    this.tombstoneRetentionMs = tombstoneRetention.toMillis();
    this.backfillQuietTime = backfillQuietTime;
    this.slice = slice;
    this.maxWaitingBytes = maxWaitingBytes;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    users = context.getKeyedStateStore().getState(USER);
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
    evaluator = new UserEvaluator(rules, orderLedger, new BackfillRule(backfillQuietTime), this);

    // All subtasks have the same watermark at an aligned barrier, so a new one takes any of them.
    storedReceived = context.getOperatorStateStore().getUnionListState(RECEIVED);
    received = NO_WATERMARK;
    for (long watermark : storedReceived.get()) {
      received = Math.max(received, watermark);
    }
    storedCompleted = context.getOperatorStateStore().getUnionListState(COMPLETED);
    dropReplacedRules(least(storedCompleted.get()));
    completed = NO_WATERMARK;
    emitted = NO_WATERMARK;

    storedStateCounts = context.getOperatorStateStore().getUnionListState(STATE_COUNTS);
    stateCounts = new StateCounts(keyGroups(), maxParallelism(), storedStateCounts.get());
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
    engagementMetrics = new EngagementMetrics(getMetricGroup(), stateCounts, this::unevaluatedMs);
    waiting =
        new WaitingChanges(
            keyedStateBackend(),
            storedChanges(),
            instant -> timers.registerEventTimeTimer(STORED_CHANGES, instant),
            stateCounts,
            maxWaitingBytes);
    waiting.restore(WAITING.getName());
    due = new ArrayList<>();
    record = new StreamRecord<>(null);
    if (received != NO_WATERMARK) {
      // The former run may have left users of its advance, and no newer watermark may come for
      // long.
      scheduleSlice();
    }
  }

  @SuppressWarnings("unchecked") // The backend's own list states are internal ones.
  private InternalListState<String, Long, Change> storedChanges() throws Exception {
    ListState<Change> state = getOrCreateKeyedState(LongSerializer.INSTANCE, WAITING);
    return (InternalListState<String, Long, Change>) state;
  }

  @Override
  public void close() throws Exception {
    if (sweep != null) {
      sweep.close();
    }
    super.close();
  }

  /** Stores the waiting changes, before any kind of timer is part of the snapshot. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    waiting.storeAll();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    storedReceived.update(List.of(received));
    storedCompleted.update(List.of(completed));
    storedStateCounts.update(stateCounts.toStore());
  }

  @Override
  public void processElement1(StreamRecord<Change> element) throws Exception {
    Change change = element.getValue();
    if (change.snapshot()) {
      if (received == NO_WATERMARK) {
        applyFirstSnapshotRow(change);
        return;
      } else if (isKnown(change)) {
        duplicate();
        return;
      }
    } else if (change.commitTime() <= received) {
      engagementMetrics.late.inc();
    }
    waiting.add(Math.max(change.commitTime(), firstOpen()), change);
  }

  /** Applies a row that is read before time begins. A user is evaluated as of the last row. */
  private void applyFirstSnapshotRow(Change change) throws Exception {
    UserState user = users.value();
    if (user == null) {
      user = new UserState();
    }
    boolean equal = user.holds(change);
    boolean wasUser = user.profile() != null;
    int ordersBefore = user.orderCount();
    if (!user.apply(change, change.commitTime(), orderLedger)) {
      duplicate();
      return;
    }
    if (equal) {
      // A snapshot was taken again, and an older change of the row may wait.
      duplicate();
    } else {
      user.reviewFirstAt(change.commitTime());
      wakeUpAt(user.reviewAt(), user);
    }
    users.update(user);
    count(change.userId(), user, wasUser, ordersBefore, user.unconvertedOrders());
  }

  /** Whether a row of a later snapshot changes nothing, now and at its instant. */
  private boolean isKnown(Change change) throws Exception {
    if (waiting.mayHave(change.userId())) {
      return false;
    }
    UserState user = users.value();
    return user != null && user.holds(change);
  }

  @Override
  public void processElement2(StreamRecord<RuleChange> element) throws Exception {
    RuleChange change = element.getValue();
    boolean initialSnapshot = change.snapshot() && received == NO_WATERMARK;
    long since =
        initialSnapshot ? PolicyTimeline.ALWAYS : Math.max(change.commitTime(), firstOpen());
    DatedRuleChange dated = new DatedRuleChange(since, change);
    if (rules.add(dated)) {
      storedRuleChanges.put(rules.changes().size(), dated);
    }
  }

  /**
   * Drops rule changes that no evaluation needs any more. Only a restore knows how far all subtasks
   * are: a change of parallelism gives users of any of them to each.
   */
  private void dropReplacedRules(long completedByAll) throws Exception {
    if (completedByAll == NO_WATERMARK
        || !rules.mergeBelow(completedByAll - tombstoneRetentionMs)) {
      return;
    }
    storedRuleChanges.clear();
    List<DatedRuleChange> changes = rules.changes();
    for (int i = 0; i < changes.size(); i++) {
      storedRuleChanges.put(i + 1, changes.get(i));
    }
  }

  /** The least watermark; NO_WATERMARK without any. */
  private static long least(Iterable<Long> watermarks) {
    long least = Long.MAX_VALUE;
    for (long watermark : watermarks) {
      least = Math.min(least, watermark);
    }
    return least == Long.MAX_VALUE ? NO_WATERMARK : least;
  }

  /** The first instant that no received watermark has passed. */
  private long firstOpen() {
    return received == NO_WATERMARK ? NO_WATERMARK : received + 1;
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()) {
      // The end of the input proves nothing about time.
      while (completed < received) {
        advance();
      }
      output.emitWatermark(mark);
      return;
    }
    if (mark.getTimestamp() <= received) {
      // After a restore, the sources repeat evaluated changes. Time does not go back.
      return;
    }
    received = mark.getTimestamp();
    if (nextSlice == null) {
      advance();
    }
  }

  /** Runs a slice of the advance to the received watermark, of at least one user. */
  private void advance() throws Exception {
    slice.begin();
    until = received;
    lastTimer = NO_WATERMARK;
    boolean timersDone = fireTimers();
    if (timersDone && releaseWaiting() && sweepUsers()) {
      completed = until;
      emitPolicyInForce(until);
      emitWatermark(until);
      return;
    }
    long open = Math.min(waiting.earliestInMemory(), nextSwitch());
    if (!timersDone) {
      open = Math.min(open, lastTimer);
    }
    emitWatermark(Math.min(until, open - 1));
    if (nextSlice == null) {
      scheduleSlice();
    }
  }

  /** Lets the task's thread read input before the next slice. The input may have a barrier. */
  private void scheduleSlice() {
    nextSlice =
        getProcessingTimeService()
            .registerTimer(
                getProcessingTimeService().getCurrentProcessingTime() + PAUSE_MS,
                time -> {
                  nextSlice = null;
                  if (completed == received) {
                    return;
                  }
                  if (outputIsFree()) {
                    advance();
                  } else {
                    scheduleSlice();
                  }
                });
  }

  private boolean sliceIsOver() {
    // The task reads no input while its output is full, and a slice would fill it again at once.
    return slice.over() || !outputIsFree();
  }

  private boolean outputIsFree() {
    for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
      if (!writer.isAvailable()) {
        return false;
      }
    }
    return true;
  }

  /** Whether an advance goes on in a later slice. */
  boolean advancing() {
    return nextSlice != null;
  }

  /** Another thread reads it, and may see a slightly older number. */
  private long unevaluatedMs() {
    return emitted == NO_WATERMARK ? 0 : received - emitted;
  }

  long waitingBytes() {
    return waiting.bytes();
  }

  private void emitWatermark(long watermark) {
    if (watermark > emitted) {
      emitted = watermark;
      output.emitWatermark(new Watermark(watermark));
    }
  }

  /** Returns whether no due timer is left. */
  private boolean fireTimers() throws Exception {
    boolean done =
        getTimeServiceManager()
            .orElseThrow()
            .tryAdvanceWatermark(new Watermark(until), this::sliceIsOver);
    if (getContainingTask().isCanceled()) {
      // Flink returns true then, although due timers are left.
      throw new CancelTaskException();
    }
    return done;
  }

  /** Evaluates the users with due changes in memory. No stored change is due any more. */
  private boolean releaseWaiting() throws Exception {
    while (waiting.earliestInMemory() <= until) {
      String userId = waiting.earliestUser();
      keyedStateBackend().setCurrentKey(userId);
      due.clear();
      catchUp(userId, until);
      if (sliceIsOver()) {
        return false;
      }
    }
    return true;
  }

  /** Evaluates all users for the policies that came into force. */
  private boolean sweepUsers() throws Exception {
    while (sweep != null || nextSwitch() <= until) {
      if (sweep == null) {
        sweep =
            new UserSweep(
                keyedStateBackend(),
                USER.getName(),
                stateCounts,
                maxParallelism(),
                rules.policies().at(until).since());
      }
      if (!sweep.hasNext()) {
        sweep.close();
        sweep = null;
        continue;
      }
      String userId = sweep.next();
      if (userId != null) {
        keyedStateBackend().setCurrentKey(userId);
        due.clear();
        catchUp(userId, until);
      }
      if (sliceIsOver()) {
        return false;
      }
    }
    return true;
  }

  /** The first policy switch for which some users are not yet evaluated. */
  private long nextSwitch() {
    return rules.policies().nextSwitch(stateCounts.sweptUntil());
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
    due.clear();
    lastTimer = timer.getTimestamp();
    if (stateCounts.waiting() > 0) {
      // A timer of another kind may fire first at this instant.
      waiting.takeStored(timer.getKey(), lastTimer, due);
    }
    // Stored changes have timers of their own, which must not come after a later instant.
    catchUp(timer.getKey(), stateCounts.waiting() == 0 ? until : lastTimer);
  }

  @Override
  public void onProcessingTime(InternalTimer<String, Byte> timer) {
    throw new IllegalStateException("No timer is in processing time");
  }

  /** Applies the due changes and those in memory, and evaluates the user until a watermark. */
  private void catchUp(String userId, long watermark) throws Exception {
    waiting.takeFromMemory(userId, watermark, due);
    UserState known = users.value();
    if (known == null && due.isEmpty()) {
      return;
    }
    if (due.size() > 1) {
      due.sort(WaitingChange.ORDER);
    }
    UserState before = known == null ? new UserState() : known;
    boolean wasUser = before.profile() != null;
    int ordersBefore = before.orderCount();
    int unconvertedBefore = before.unconvertedOrders();
    boolean touched = !due.isEmpty() || evaluator.dueAt(before) <= watermark;
    UserState user = evaluator.catchUp(userId, before, due, watermark);
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
      stateCounts.add(userId, moreUsers, moreOrders, moreUnconverted);
    }
  }
}
