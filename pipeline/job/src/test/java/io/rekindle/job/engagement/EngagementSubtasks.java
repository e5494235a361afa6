package io.rekindle.job.engagement;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.job.engagement.EngagementHarness.Limits;
import io.rekindle.job.outreach.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** All subtasks of the engagement operator, which can go on with another parallelism. */
final class EngagementSubtasks implements AutoCloseable {

  private final Limits limits;
  private final List<ScoreUpdate> updates = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private List<EngagementHarness> subtasks = new ArrayList<>();

  EngagementSubtasks(int parallelism, Limits limits) throws Exception {
    this.limits = limits;
    for (int subtask = 0; subtask < parallelism; subtask++) {
      subtasks.add(EngagementHarness.fresh(subtask, parallelism, limits));
    }
  }

  void process(Change change) throws Exception {
    int subtask =
        KeyGroupRangeAssignment.assignKeyToParallelOperator(
            change.userId(), EngagementHarness.MAX_PARALLELISM, subtasks.size());
    subtasks.get(subtask).process(change);
  }

  void process(RuleChange change) throws Exception {
    for (EngagementHarness subtask : subtasks) {
      subtask.process(change);
    }
  }

  void begin(long watermark) throws Exception {
    for (EngagementHarness subtask : subtasks) {
      subtask.begin(watermark);
    }
  }

  /** A few slices of some subtasks. */
  void slices(Random random) throws Exception {
    for (EngagementHarness subtask : subtasks) {
      for (int slices = random.nextInt(4); subtask.advancing() && slices > 0; slices--) {
        subtask.slice();
      }
    }
  }

  /** Goes on with another number of subtasks from a snapshot of the present ones. */
  void restore(int parallelism) throws Exception {
    readAll();
    OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
    for (int subtask = 0; subtask < states.length; subtask++) {
      states[subtask] = subtasks.get(subtask).snapshot();
    }
    OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(states);
    close();
    subtasks = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      subtasks.add(
          EngagementHarness.restored(all, states.length, subtask, parallelism, limits));
    }
  }

  /** Runs to the end of the advance. */
  void finish() throws Exception {
    for (EngagementHarness subtask : subtasks) {
      while (subtask.advancing()) {
        subtask.slice();
      }
    }
    readAll();
  }

  private void readAll() {
    for (EngagementHarness subtask : subtasks) {
      updates.addAll(subtask.updates());
      decisions.addAll(subtask.decisions());
    }
  }

  List<ScoreUpdate> updates() {
    return updates;
  }

  List<Decision> decisions() {
    return decisions;
  }

  @Override
  public void close() {
    subtasks.forEach(EngagementHarness::close);
  }
}
