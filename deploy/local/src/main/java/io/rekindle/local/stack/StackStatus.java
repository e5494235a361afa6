package io.rekindle.local.stack;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The status of a stack. The names are those of {@code rekindle status --json}, which leaves
 * unknown values out.
 *
 * @param healthy whether every component answers, the job runs, and time moves
 * @param taskmanager the first TaskManager
 * @param moreTaskmanagers the other TaskManagers by name, {@code taskmanager-2} and so on; in JSON
 *     they stand beside the first
 * @param flink the cluster of the JobManager and the TaskManagers
 * @param connector the capture's connector; null if Kafka Connect does not answer
 * @param model the model that writes emails; null if none was to write one for a day
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
    Model model,
    DeadLetters deadLetters) {

  /** The components by the names of {@code rekindle status}, in its order. */
  public Map<String, Component> components() {
    Map<String, Component> components = new LinkedHashMap<>();
    components.put("postgres", postgres);
    components.put("kafka", kafka);
    components.put("connect", connect);
    components.put("jobmanager", jobmanager);
    components.put("taskmanager", taskmanager);
    components.putAll(moreTaskmanagers);
    components.put("flink", flink);
    components.put("dashboard", dashboard);
    components.put("sender", sender);
    components.put("mail", mail);
    components.put("supervisor", supervisor);
    return components;
  }

  /** What the answer of a part says about it. */
  public enum Health {
    /** It answers. */
    OK,
    /** It answers late, such as on a busy machine. */
    SLOW,
    /** Its process runs, and no answer came in time. */
    SILENT,
    /** It cannot answer: its process has ended, its port refuses, or it reports a fault. */
    DOWN
  }

  /**
   * One part of the stack.
   *
   * @param pid the number of its process; null without a process of its own
   * @param uri the libpq URI of Postgres
   * @param bootstrap {@code host:port} of Kafka
   * @param url the URL of an HTTP server
   * @param smtp {@code host:port} of the mail catcher
   * @param healthy whether it answers, even if slowly
   * @param trouble the fault, or a remark on a healthy part; null without either
   * @param answerSeconds the time until a slow answer; null for any other
   */
  @JsonInclude(Include.NON_NULL)
  public record Component(
      Long pid,
      String uri,
      String bootstrap,
      String url,
      String smtp,
      boolean healthy,
      Health state,
      String trouble,
      Double answerSeconds) {

    public String endpoint() {
      return uri != null ? uri : bootstrap != null ? bootstrap : url;
    }

    /** The same part with a remark on what does not make it unhealthy. */
    Component withTrouble(String remark) {
      return new Component(pid, uri, bootstrap, url, smtp, healthy, state, remark, answerSeconds);
    }
  }

  /**
   * The Debezium connector.
   *
   * @param state the connector's state by Kafka Connect
   * @param task the state of its task
   */
  @JsonInclude(Include.NON_NULL)
  public record Connector(String state, String task, String trouble, boolean healthy) {}

  /**
   * The Flink job.
   *
   * @param state the state by Flink; null without a job
   */
  @JsonInclude(Include.NON_NULL)
  public record Job(String id, String state, boolean healthy, String trouble) {}

  /**
   * The progress of the scores.
   *
   * @param scoredUntil the instant up to which the scores have every commit, ISO 8601; null before
   *     the first scores
   * @param ageSeconds the age of that instant by the database's clock
   * @param heldBackBy the slowest partition; null if Flink does not know it
   * @param why the reason of a standstill; null while time moves
   */
  @JsonInclude(Include.NON_NULL)
  public record Watermark(
      String scoredUntil, Double ageSeconds, Partition heldBackBy, boolean healthy, String why) {}

  /**
   * The progress of one partition of a topic.
   *
   * @param watermark the commit time up to which it is complete, ISO 8601; null before the first
   *     tick
   */
  @JsonInclude(Include.NON_NULL)
  public record Partition(String topic, int partition, String watermark) {}

  /**
   * The lag of capture behind the database.
   *
   * @param active whether a reader of the slot is connected
   * @param lagBytes the log that the database keeps for the slot
   * @param lagSeconds the age of the newest change or tick that the job has read
   * @param faults what keeps capture from seeing every change; empty while all is well
   */
  @JsonInclude(Include.NON_NULL)
  public record Capture(
      String slot, Boolean active, Long lagBytes, Double lagSeconds, List<String> faults) {}

  /**
   * The model that writes emails. While it writes none, the template does.
   *
   * @param name the model that was asked last
   * @param requestForm how the last request was put; null if there was none
   * @param required the emails of the last 10 minutes that it was to write
   * @param wrote those that it wrote
   * @param fallbackReason the most frequent reason why the template wrote one instead; null if
   *     there is none
   * @param healthy whether it wrote one of those that it was to write
   */
  @JsonInclude(Include.NON_NULL)
  public record Model(
      String name,
      String requestForm,
      long required,
      long wrote,
      String fallbackReason,
      boolean healthy) {}

  /** The refused records that the topic still keeps. */
  public record DeadLetters(String topic, long count) {}
}
