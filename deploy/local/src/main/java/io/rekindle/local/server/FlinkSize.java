package io.rekindle.local.server;

import io.rekindle.job.JobSettings.StateBackend;
import io.rekindle.local.terminal.Failure;

/**
 * The size of Flink on this machine, stored for later starts.
 *
 * @param parallelism the parallelism of the job
 * @param taskManagers the number of TaskManagers with {@link #SLOTS} slots each
 * @param stateBackend the state backend of the job
 */
public record FlinkSize(int parallelism, int taskManagers, StateBackend stateBackend) {

  /** The size of the first start, which fits a laptop. */
  static final FlinkSize STANDARD = new FlinkSize(2, 1, StateBackend.HASHMAP);

  /** The slots of a TaskManager by its configuration. */
  public static final int SLOTS = 4;

  private static final int MAX_TASK_MANAGERS = 8;

  /**
   * Returns this size with the requested changes.
   *
   * @param newParallelism null for no change, also for the others
   * @throws Failure if the slots are fewer than the parallelism; the message names a size that fits
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
   * Checks that the job can read state of another size. It can read every savepoint.
   *
   * @throws Failure if the newest state is a checkpoint that it cannot read; the message names the
   *     fix
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
