package io.rekindle.job.outreach;

import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.flink.RecordSerializer;
import io.rekindle.job.outreach.Decision.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Limits the emails of each UTC day, by the {@link CapOrder} of the decisions. A new policy may
 * decide many episodes at one instant. The newest risk comes first then, since its user is the
 * likeliest to come back.
 *
 * <p>Decisions to email, to hold out and to leave to the control group wait for the watermark, so
 * that a replay gives every email to the same user. By value at stake they wait until it passes the
 * end of their day. At most the cap waits of one instant, or of one day: a policy may decide a
 * million episodes at once, and those beyond the cap are known at once. The parallelism is 1, since
 * there is one limit for all users.
 *
 * <p>The metrics under {@code rekindle} are the counters {@code decisions.KIND}, and {@code
 * decisions.SKIP.REASON} for skipped emails.
 */
public final class DailyCapOperator extends AbstractStreamOperator<Decision>
    implements OneInputStreamOperator<Decision, Decision> {

  private static final long serialVersionUID = 1L;

  private static final long DAY_MS = 86_400_000;

  /** Decisions that wait for the watermark. */
  static final ListStateDescriptor<Decision> WAITING =
      new ListStateDescriptor<>("waiting", new RecordSerializer<>(Decision.class));

  /** The epoch day, and the number of its emails. */
  static final ListStateDescriptor<Long> USED =
      new ListStateDescriptor<>("used", LongSerializer.INSTANCE);

  private static final Comparator<Decision> CAP_ORDER =
      Comparator.comparing(Decision::capOrder)
          .thenComparing(DailyCapOperator::rank, Comparator.nullsLast(Comparator.reverseOrder()))
          .thenComparing(Comparator.comparingLong(Decision::openedAt).reversed())
          .thenComparing(Decision::userId);

  private transient ListState<Decision> storedWaiting;
  private transient ListState<Long> storedUsed;
  private transient TreeMap<Long, Candidates> waiting;
  private transient long day;
  private transient long used;
  private transient StreamRecord<Decision> record;
  private transient MetricGroup decisions;
  private transient Map<String, Counter> counters;

  /** The decisions that become emails at one instant of event time, the last one first. */
  private static final class Candidates {

    private final PriorityQueue<Decision> decisions = new PriorityQueue<>(CAP_ORDER.reversed());
    private int emails;

    void add(Decision decision) {
      decisions.add(decision);
      emails += decision.kind() == Kind.EMAIL ? 1 : 0;
    }

    /** Takes the last decision if those before it use up the cap; null otherwise. */
    Decision takeOverCap() {
      Decision last = decisions.peek();
      if (last == null) {
        return null;
      }
      int isEmail = last.kind() == Kind.EMAIL ? 1 : 0;
      if (emails - isEmail < last.dailyCap()) {
        return null;
      }
      emails -= isEmail;
      return decisions.poll();
    }

    List<Decision> inOrder() {
      return decisions.stream().sorted(CAP_ORDER).toList();
    }
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    storedWaiting = context.getOperatorStateStore().getListState(WAITING);
    storedUsed = context.getOperatorStateStore().getListState(USED);
    waiting = new TreeMap<>();
    storedWaiting.get().forEach(this::await);
    day = Long.MIN_VALUE;
    List<Long> dayAndUsed = new ArrayList<>();
    storedUsed.get().forEach(dayAndUsed::add);
    if (!dayAndUsed.isEmpty()) {
      day = dayAndUsed.get(0);
      used = dayAndUsed.get(1);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    record = new StreamRecord<>(null);
    decisions = getMetricGroup().addGroup("rekindle").addGroup("decisions");
    counters = new HashMap<>();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    List<Decision> all = new ArrayList<>();
    waiting.values().forEach(candidates -> all.addAll(candidates.inOrder()));
    storedWaiting.update(all);
    storedUsed.update(List.of(day, used));
  }

  @Override
  public void processElement(StreamRecord<Decision> element) {
    Decision decision = element.getValue();
    if (!decision.isByChance()) {
      emit(decision);
      return;
    }
    Candidates candidates = await(decision);
    Decision over = candidates.takeOverCap();
    while (over != null) {
      emit(over.overDailyCap());
      over = candidates.takeOverCap();
    }
  }

  private Candidates await(Decision decision) {
    Candidates candidates =
        waiting.computeIfAbsent(waitsUntil(decision), instant -> new Candidates());
    candidates.add(decision);
    return candidates;
  }

  private static long waitsUntil(Decision decision) {
    return switch (decision.capOrder()) {
      case FIRST_DECIDED -> decision.decidedAt();
      case VALUE_AT_STAKE -> (epochDay(decision) + 1) * DAY_MS - 1;
    };
  }

  /** The larger, the earlier among decisions that wait for the same instant; null comes last. */
  private static BigDecimal rank(Decision decision) {
    return switch (decision.capOrder()) {
      case FIRST_DECIDED -> null;
      case VALUE_AT_STAKE -> decision.valueAtStake();
    };
  }

  private static long epochDay(Decision decision) {
    return Math.floorDiv(decision.decidedAt(), DAY_MS);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    while (!waiting.isEmpty() && waiting.firstKey() <= mark.getTimestamp()) {
      for (Decision decision : waiting.pollFirstEntry().getValue().inOrder()) {
        emit(applyCap(decision));
      }
    }
    super.processWatermark(mark);
  }

  private void emit(Decision decision) {
    count(decision);
    output.collect(record.replace(decision, decision.decidedAt()));
  }

  private Decision applyCap(Decision decision) {
    long today = epochDay(decision);
    if (today != day) {
      day = today;
      used = 0;
    }
    if (used >= decision.dailyCap()) {
      return decision.overDailyCap();
    }
    if (decision.kind() == Kind.EMAIL) {
      used++;
    }
    return decision;
  }

  private void count(Decision decision) {
    counter(decision.kind().name()).inc();
    if (decision.kind() == Kind.SKIP) {
      counter("SKIP." + decision.reason().name()).inc();
    }
  }

  private Counter counter(String name) {
    return counters.computeIfAbsent(name, unknown -> decisions.counter(unknown));
  }
}
