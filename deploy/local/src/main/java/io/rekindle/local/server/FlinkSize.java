package io.rekindle.local.server;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.terminal.Failure;

/**
 * How large Flink is on this machine, kept from one start to the next.
 *
 * @param parallelism parallel parts of the job
 * @param taskManagers processes that run them, each with {@link #SLOTS} slots
 * @param stateBackend where the job keeps its state
 */
public record FlinkSize(int parallelism, int taskManagers, StateBackend stateBackend) {

  /** What a laptop has to spare. */
  static final FlinkSize STANDARD = new FlinkSize(2, 1, StateBackend.HASHMAP);

  /** Of a TaskManager, as its configuration says. */
  public static final int SLOTS = 4;

  private static final int MAX_TASK_MANAGERS = 8;

  /**
   * This, changed to what is asked for.
   *
   * @param newParallelism null for no change, as are the others
   * @throws Failure if the parts do not fit the processes; says what would
   */
  public FlinkSize with(
      Integer newParallelism, Integer newTaskManagers, StateBackend newStateBackend) {
    FlinkSize changed =
        new FlinkSize(
            newParallelism == null ? parallelism : newParallelism,
            newTaskManagers == null ? taskManagers : newTaskManagers,
            newStateBackend == null ? stateBackend : newStateBackend);
    if (changed.taskManagers < 1 || changed.taskManagers > MAX_TASK_MANAGERS) {
      throw new Failure(
          "--task-managers is %d: give a number from 1 to %d"
              .formatted(changed.taskManagers, MAX_TASK_MANAGERS));
    }
    int slots = changed.taskManagers * SLOTS;
    if (changed.parallelism < 1 || changed.parallelism > slots) {
      throw new Failure(
          "--parallelism is %d: with %d TaskManager%s, which have %d slots each, give a number from"
                  .formatted(
                      changed.parallelism,
                      changed.taskManagers,
                      changed.taskManagers == 1 ? "" : "s",
                      SLOTS)
              + " 1 to %d, or more --task-managers".formatted(slots));
    }
    return changed;
  }

  /**
   * Makes sure that state can be read that was written at another size. Every savepoint can.
   *
   * @throws Failure if a checkpoint cannot; says what to do
   */
  public void refuseCheckpointOf(FlinkSize last) {
    if (stateBackend != last.stateBackend) {
      throw new Failure(
          "the job was not stopped with a savepoint, and a checkpoint cannot change its state"
              + " backend: start with --state-backend "
              + last.stateBackend
              + ", stop, and start again");
    }
  }
}
