package io.rekindle.job.source;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.cdc.Tick;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.flink.EventTypeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.common.TopicPartition;

/**
 * Passes changes on, sends dead letters to a side output, and checks the chain of ticks of each
 * partition. Ticks go no further.
 *
 * <p>A gap in the chain is a dead letter {@code CHANGES_LOST}, and counts in {@code lostTicks} of
 * the group {@code rekindle}. Another history ends the job, since the positions of its changes say
 * nothing about what the job knows.
 */
public final class DeadLetterSplitter<T> extends ProcessFunction<CdcRecord<T>, T>
    implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", EventTypeInfo.DEAD_LETTER);

  // A union, since partitions change their reader when the parallelism changes.
  private static final ListStateDescriptor<KnownTick> KNOWN_TICKS =
      new ListStateDescriptor<>("known-ticks", EventTypeInfo.of(KnownTick.class));

  /** A database whose clock was set back goes on numbering, and its newest time stays. */
  private static final Comparator<BeatChain> LATER =
      Comparator.comparingLong(BeatChain::newest).thenComparingLong(BeatChain::number);

  private transient Map<TopicPartition, BeatChain> chains;
  private transient ListState<KnownTick> knownTicks;
  private transient Counter lostTicks;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    chains = new HashMap<>();
    knownTicks = context.getOperatorStateStore().getUnionListState(KNOWN_TICKS);
    for (KnownTick tick : knownTicks.get()) {
      chains.merge(
          new TopicPartition(tick.topic(), tick.partition()),
          new BeatChain(tick.number(), tick.at(), tick.newest()),
          // Readers without the partition have an older link of it.
          BinaryOperator.maxBy(LATER));
    }
  }

  @Override
  public void open(OpenContext context) {
    lostTicks = getRuntimeContext().getMetricGroup().addGroup("rekindle").counter("lostTicks");
  }

  @Override
  public void processElement(CdcRecord<T> record, Context context, Collector<T> changes) {
    if (record.isChange()) {
      changes.collect(record.change());
    } else if (record.isDeadLetter()) {
      context.output(DEAD_LETTERS, record.deadLetter());
    } else if (record.tick() != null) {
      check(record.tick(), context);
    }
  }

  private void check(Tick tick, Context context) {
    TopicPartition partition = new TopicPartition(tick.topic(), tick.partition());
    BeatChain chain = chains.get(partition);
    if (chain == null) {
      chains.put(partition, BeatChain.startingAt(tick.beat()));
      return;
    }
    switch (chain.link(tick.beat())) {
      case REPEATED -> {
        return;
      }
      case OTHER_HISTORY ->
          throw new StopJobException(
              "The database has forgotten commits that the job has seen, or is another one: tick "
                  + tick.beat().number()
                  + " in "
                  + partition
                  + " does not follow tick "
                  + chain.number()
                  + ". Follow \"Database restored from a backup\" in docs/operations.md");
      case GAP -> {
        long lost = tick.beat().number() - chain.number() - 1;
        lostTicks.inc(lost);
        context.output(
            DEAD_LETTERS,
            tick.deadLetter(
                DeadLetterReason.CHANGES_LOST,
                lost
                    + " ticks are missing before tick "
                    + tick.beat().number()
                    + ", and the changes between them, too: follow \"Slot lost\" in"
                    + " docs/operations.md"));
      }
      case NEXT -> {}
    }
    chains.put(partition, chain.after(tick.beat()));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    List<KnownTick> ticks = new ArrayList<>();
    chains.forEach(
        (partition, chain) ->
            ticks.add(
                new KnownTick(
                    partition.topic(),
                    partition.partition(),
                    chain.number(),
                    chain.at(),
                    chain.newest())));
    knownTicks.update(ticks);
  }
}
