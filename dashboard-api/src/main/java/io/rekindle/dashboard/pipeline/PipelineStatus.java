package io.rekindle.dashboard.pipeline;

import io.rekindle.dashboard.reconstruction.ReconstructionStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The state of the pipeline, and the stage that holds it.
 *
 * @param scoredUntil every change committed at or before this instant is in the scores; null as
 *     long as the job has not said so
 * @param ageMillis how far that lies behind the database's clock; null with scoredUntil
 * @param writtenAt when the slowest part of the job last said how far it is; null if never
 * @param moving whether the scores keep up
 * @param holder the stage that holds them if they do not
 * @param explanation a sentence about that; null if they keep up
 * @param subtasks the parallel parts of the job
 * @param capture the way from the database to Kafka
 * @param partitions the captured partitions, by topic and number
 * @param job null if Flink is not to be asked
 * @param deadLetters null if Kafka is not to be asked
 * @param reconstruction how far the past before the first start is computed
 */
public record PipelineStatus(
    Instant scoredUntil,
    Long ageMillis,
    Instant writtenAt,
    boolean moving,
    Holder holder,
    String explanation,
    List<Subtask> subtasks,
    Capture capture,
    List<Partition> partitions,
    Job job,
    DeadLetters deadLetters,
    ReconstructionStatus reconstruction) {

  /** The partition that the job has read least far; null if none lies behind the others. */
  public Partition partitionBehind() {
    return behind(partitions);
  }

  /** The part of the job that has stored least far; null if none has stored anything. */
  public Subtask subtaskBehind() {
    return slowest(subtasks);
  }

  static Partition behind(List<Partition> partitions) {
    List<Instant> known =
        partitions.stream().map(Partition::readUntil).filter(Objects::nonNull).sorted().toList();
    if (known.isEmpty()) {
      return null;
    }
    Instant late = known.get(known.size() - 1).minus(PipelineService.STALL_AFTER.dividedBy(3));
    return partitions.stream()
        .filter(one -> one.readUntil() == null || one.readUntil().isBefore(late))
        .min(Comparator.comparing(one -> one.readUntil() == null ? Instant.MIN : one.readUntil()))
        .orElse(null);
  }

  static Subtask slowest(List<Subtask> subtasks) {
    return subtasks.stream().min(Comparator.comparing(Subtask::watermark)).orElse(null);
  }

  /** The stage between the shop and the scores that stands still. */
  public enum Holder {
    NONE,
    /** The connector does not read the log, so no tick arrives. */
    CAPTURE,
    /** The job is not there, or fails. */
    JOB,
    /** The job runs, and one partition of a topic lies behind. */
    PARTITION,
    /** The job runs, and one of its parts lies behind. */
    SUBTASK,
    /** Nothing has ever been scored. */
    NOTHING_YET
  }

  /**
   * A parallel part of the job.
   *
   * @param watermark up to which its results are stored
   */
  public record Subtask(int subtask, Instant watermark, Instant writtenAt) {}

  /**
   * The way from the database to Kafka.
   *
   * @param slot name of the replication slot
   * @param active whether the connector is connected; null if there is no such slot
   * @param lagBytes of the write-ahead log that the connector has not confirmed; null likewise
   * @param lastBeat when the connector last moved the clock; null if never
   * @param beatAgeMillis how long ago that was by the database's clock; null likewise
   */
  public record Capture(
      String slot, Boolean active, Long lagBytes, Instant lastBeat, Long beatAgeMillis) {}

  /**
   * A partition of a captured topic.
   *
   * @param beat when the connector last moved its clock
   * @param readUntil up to which the job has read it; null if Flink does not say
   */
  public record Partition(String topic, int partition, Instant beat, Instant readUntil) {}

  /**
   * The job as Flink has it.
   *
   * @param jobId null if none runs
   * @param state as Flink calls it, or UNREACHABLE or ABSENT
   * @param runningTasks of all tasks
   * @param startedAt null if none runs
   * @param restarts since it was submitted; null if Flink does not say
   * @param recordsPerSecond read from Kafka by the whole job; null until it is known
   * @param checkpoint the last complete one; null if there is none
   * @param trouble the problem that Flink reports; null if it reports none
   * @param checkedAt when Flink was asked
   */
  public record Job(
      String jobId,
      String state,
      int runningTasks,
      int totalTasks,
      Instant startedAt,
      Long restarts,
      Double recordsPerSecond,
      Checkpoint checkpoint,
      String trouble,
      Instant checkedAt) {

    static Job absent(String state, String trouble, Instant checkedAt) {
      return new Job(null, state, 0, 0, null, null, null, null, trouble, checkedAt);
    }
  }

  /**
   * A checkpoint.
   *
   * @param completedAt when it was complete
   * @param bytes of state
   */
  public record Checkpoint(Instant completedAt, long bytes, long durationMillis) {}

  /**
   * Records that the pipeline could not read.
   *
   * @param count how many are stored; null if Kafka does not answer
   * @param trouble why it does not; null if it does
   */
  public record DeadLetters(String topic, Long count, String trouble) {}
}
