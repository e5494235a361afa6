package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.rules.PolicyInForce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.io.network.partition.MockResultPartitionWriter;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the engagement operator, fed by hand. */
final class EngagementHarness implements AutoCloseable {

  static final int MAX_PARALLELISM = 128;
  static final Duration RETENTION = Duration.ofDays(1);
  static final Duration QUIET_TIME = Duration.ofMinutes(1);

  private final KeyedTwoInputStreamOperatorTestHarness<String, Change, RuleChange, ScoreUpdate>
      harness;
  private int read;

  /** The limits of the operator: a slice, and the bytes of waiting changes in memory. */
  record Limits(Slice slice, long waitingBytes, boolean rocksdb) {

    static final Limits PRODUCTION =
        new Limits(Slice.ofMillis(60_000), WaitingChanges.MAX_BYTES, false);

    /** Slices of a number of users. */
    static Limits ofUsers(int users, long waitingBytes) {
      return new Limits(
          new Slice() {
            private static final long serialVersionUID = 1L;

            private int done;

            @Override
            public void begin() {
              done = 0;
            }

            @Override
            public boolean over() {
              return ++done >= users;
            }
          },
          waitingBytes,
          false);
    }

    /** The same limits with state and timers in RocksDB. */
    Limits inRocksDb() {
      return new Limits(slice, waitingBytes, true);
    }
  }

  private EngagementHarness(int subtask, int parallelism, OperatorSubtaskState state, Limits limits)
      throws Exception {
    harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new EngagementOperator(RETENTION, QUIET_TIME, limits.slice(), limits.waitingBytes()),
            Change::userId,
            null,
            Types.STRING,
            MAX_PARALLELISM,
            parallelism,
            subtask,
            EventTypeInfo.CHANGE.createSerializer(new SerializerConfigImpl()),
            EventTypeInfo.RULE_CHANGE.createSerializer(new SerializerConfigImpl()));
    harness.getExecutionConfig().enableObjectReuse();
    if (limits.rocksdb()) {
      EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
      backend.setPriorityQueueStateType(EmbeddedRocksDBStateBackend.PriorityQueueStateType.ROCKSDB);
      harness.setStateBackend(backend);
    }
    harness.setup(new RecordSerializer<>(ScoreUpdate.class));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  /** With the rules that the table begins with. */
  static EngagementHarness fresh() throws Exception {
    return fresh(Limits.PRODUCTION);
  }

  static EngagementHarness fresh(Limits limits) throws Exception {
    return fresh(0, 1, limits);
  }

  static EngagementHarness fresh(int subtask, int parallelism, Limits limits) throws Exception {
    EngagementHarness harness = new EngagementHarness(subtask, parallelism, null, limits);
    harness.process(new OutreachChanged(0, new RowVersion(1, 0), true, OutreachRules.DEFAULTS));
    return harness;
  }

  static EngagementHarness withoutRules() throws Exception {
    return new EngagementHarness(0, 1, null, Limits.PRODUCTION);
  }

  /** Goes on from what {@link #snapshot} gave. */
  static EngagementHarness restored(OperatorSubtaskState state) throws Exception {
    return restored(state, 1, 0, 1);
  }

  static EngagementHarness restored(OperatorSubtaskState state, Limits limits) throws Exception {
    return new EngagementHarness(0, 1, state, limits);
  }

  /** Goes on as one of several subtasks, or as one of fewer, from a state of all of them. */
  static EngagementHarness restored(
      OperatorSubtaskState state, int oldParallelism, int subtask, int parallelism)
      throws Exception {
    return restored(state, oldParallelism, subtask, parallelism, Limits.PRODUCTION);
  }

  static EngagementHarness restored(
      OperatorSubtaskState state, int oldParallelism, int subtask, int parallelism, Limits limits)
      throws Exception {
    return new EngagementHarness(
        subtask,
        parallelism,
        AbstractStreamOperatorTestHarness.repartitionOperatorState(
            state, MAX_PARALLELISM, oldParallelism, parallelism, subtask),
        limits);
  }

  void process(Change... changes) throws Exception {
    for (Change change : changes) {
      harness.processElement1(new StreamRecord<>(change, change.commitTime()));
    }
  }

  void process(RuleChange... changes) throws Exception {
    for (RuleChange change : changes) {
      harness.processElement2(new StreamRecord<>(change, change.commitTime()));
    }
  }

  /** Everything committed until an instant has been seen. */
  void tick(long instant) throws Exception {
    harness.processWatermark1(new Watermark(instant));
    harness.processWatermark2(new Watermark(instant));
    while (operator().advancing()) {
      slice();
    }
  }

  /** As {@link #tick}, up to the end of the first slice. */
  void begin(long instant) throws Exception {
    harness.processWatermark1(new Watermark(instant));
    harness.processWatermark2(new Watermark(instant));
  }

  /** The next slice of an advance. */
  void slice() throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + EngagementOperator.PAUSE_MS);
  }

  long waitingBytes() {
    return operator().waitingBytes();
  }

  /** Whether an advance goes on in a later slice. */
  boolean advancing() {
    return operator().advancing();
  }

  /** Adds an output of the task that is free while a condition holds. */
  void addOutput(BooleanSupplier free) {
    harness
        .getEnvironment()
        .addOutputs(
            List.of(
                new MockResultPartitionWriter() {
                  @Override
                  public CompletableFuture<?> getAvailableFuture() {
                    return free.getAsBoolean() ? AVAILABLE : new CompletableFuture<>();
                  }
                }));
  }

  /** Cancels the task of the operator. */
  void cancel() throws Exception {
    operator().getContainingTask().cancel();
  }

  /** The watermarks that the operator emitted. */
  List<Long> watermarks() {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .map(element -> ((Watermark) element).getTimestamp())
        .toList();
  }

  private EngagementOperator operator() {
    return (EngagementOperator) harness.getOperator();
  }

  /** The end of both inputs. */
  void end() throws Exception {
    tick(Watermark.MAX_WATERMARK.getTimestamp());
  }

  /** The score updates since the last call. */
  List<ScoreUpdate> updates() {
    List<ScoreUpdate> all = harness.extractOutputValues();
    List<ScoreUpdate> newer = new ArrayList<>(all.subList(read, all.size()));
    read = all.size();
    return newer;
  }

  /** The decisions since the last call. */
  List<Decision> decisions() {
    return read(EngagementOperator.DECISIONS);
  }

  /** The policies in force since the last call. */
  List<PolicyInForce> policiesInForce() {
    return read(EngagementOperator.POLICY_IN_FORCE);
  }

  private <T> List<T> read(OutputTag<T> tag) {
    Queue<StreamRecord<T>> output = harness.getSideOutput(tag);
    List<T> newer = new ArrayList<>();
    if (output != null) {
      output.forEach(record -> newer.add(record.getValue()));
      output.clear();
    }
    return newer;
  }

  OperatorSubtaskState snapshot() throws Exception {
    harness.prepareSnapshotPreBarrier(1);
    return harness.snapshot(1, 1);
  }

  int timers() {
    return harness.numEventTimeTimers();
  }

  int stateEntries() {
    return harness.numKeyedStateEntries();
  }

  long gauge(ToLongFunction<StateCounts> count) {
    return count.applyAsLong(operator().stateCounts());
  }

  @Override
  public void close() {
    try {
      harness.close();
    } catch (Exception e) {
      throw new IllegalStateException("The operator did not close", e);
    }
  }
}
