package io.rekindle.local.stack;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Map;

/**
 * How a stack is. The names are those of {@code rekindle status --json}; unknown values are left
 * out there.
 *
 * @param healthy whether all is well: every component answers, the job runs, and time moves
 * @param taskmanager the first of them
 * @param moreTaskmanagers the others by name, {@code taskmanager-2} and so on; in JSON they stand
 *     beside the first
 * @param flink the cluster as a whole; its processes are those before it
 * @param connector the capture's connector; null if Kafka Connect does not answer
 */
@JsonInclude(Include.NON_NULL)
public record StackStatus(
    boolean healthy,
    String data,
    Component supervisor,
    Component postgres,
    Component kafka,
    Component connect,
    Component jobmanager,
    Component taskmanager,
    @JsonAnyGetter Map<String, Component> moreTaskmanagers,
    Component flink,
    Component dashboard,
    Component sender,
    Component mail,
    Connector connector,
    Job job,
    Watermark watermark,
    Capture capture,
    DeadLetters deadLetters) {

  /**
   * One part of the stack.
   *
   * @param pid of its process; null if there is none, or none of its own
   * @param uri libpq URI, of Postgres
   * @param bootstrap {@code host:port}, of Kafka
   * @param url of what speaks HTTP
   * @param smtp {@code host:port}, of the mail catcher
   * @param trouble why it is not healthy; null if it is
   */
  @JsonInclude(Include.NON_NULL)
  public record Component(
      Long pid,
      String uri,
      String bootstrap,
      String url,
      String smtp,
      boolean healthy,
      String trouble) {

    public String endpoint() {
      return uri != null ? uri : bootstrap != null ? bootstrap : url;
    }
  }

  /**
   * The Debezium connector.
   *
   * @param state of the connector, in Kafka Connect's words
   * @param task state of its task
   */
  @JsonInclude(Include.NON_NULL)
  public record Connector(String state, String task, String trouble, boolean healthy) {}

  /**
   * The Flink job.
   *
   * @param state in Flink's words; null if there is no job
   */
  @JsonInclude(Include.NON_NULL)
  public record Job(String id, String state, boolean healthy, String trouble) {}

  /**
   * How far the scores have come.
   *
   * @param scoredUntil every change committed until then is in the scores, ISO 8601; null before
   *     the first scores
   * @param ageSeconds how long ago that was, by the database's clock
   * @param heldBackBy the partition that is least far; null if Flink does not say
   * @param why what keeps time from moving; null while it moves
   */
  @JsonInclude(Include.NON_NULL)
  public record Watermark(
      String scoredUntil, Double ageSeconds, Partition heldBackBy, boolean healthy, String why) {}

  /**
   * How far one partition of a topic has been read.
   *
   * @param watermark commit time up to which it is complete, ISO 8601; null before the first tick
   */
  @JsonInclude(Include.NON_NULL)
  public record Partition(String topic, int partition, String watermark) {}

  /**
   * How far capture is behind the database.
   *
   * @param active whether anything reads from the slot
   * @param lagBytes log that the database keeps since it was not confirmed yet
   * @param lagSeconds age of the newest change or tick that the job has read
   */
  @JsonInclude(Include.NON_NULL)
  public record Capture(String slot, boolean active, Long lagBytes, Double lagSeconds) {}

  /** Records that could not be understood, as far as the topic still keeps them. */
  public record DeadLetters(String topic, long count) {}
}
