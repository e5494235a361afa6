package io.rekindle.dashboard.pipeline;

import io.rekindle.dashboard.pipeline.PipelineStatus.Capture;
import io.rekindle.dashboard.pipeline.PipelineStatus.Job;
import io.rekindle.dashboard.pipeline.PipelineStatus.Partition;
import io.rekindle.dashboard.ui.ViewContext;
import java.time.Instant;

/** Says in a viewer's language what holds the pipeline. */
public record PipelineTexts(ViewContext v, PipelineStatus status) {

  /**
   * A sentence about the stage that stands still. If there is an instant {@link #since}, it ends
   * with that.
   */
  public String explanation() {
    return switch (status.holder()) {
      case NONE -> "";
      case CAPTURE -> capture(status.capture());
      case JOB -> v.t("pipeline.held.JOB", v.name("jobState", status.job().state()));
      case PARTITION -> partition(status.partitionBehind());
      case SUBTASK ->
          status.subtaskBehind() == null
              ? v.t("pipeline.held.NOTHING_YET")
              : v.t("pipeline.held.SUBTASK", status.subtaskBehind().subtask());
      case NOTHING_YET -> v.t("pipeline.held.NOTHING_YET");
    };
  }

  /** The instant with which the explanation ends; null if it has none. */
  public Instant since() {
    return switch (status.holder()) {
      case CAPTURE ->
          Boolean.TRUE.equals(status.capture().active()) ? status.capture().lastBeat() : null;
      case PARTITION -> status.partitionBehind().readUntil();
      case SUBTASK -> status.subtaskBehind() == null ? null : status.subtaskBehind().watermark();
      case NONE, JOB, NOTHING_YET -> null;
    };
  }

  /** Why nothing is known of the job; null if Flink has answered. */
  public static String unknown(ViewContext v, Job job) {
    String key = "pipeline.job." + job.state();
    return v.has(key) ? v.t(key) : null;
  }

  private String capture(Capture capture) {
    if (capture.active() == null) {
      return v.t("pipeline.held.NO_SLOT", capture.slot());
    }
    return v.t(capture.active() ? "pipeline.held.CLOCK" : "pipeline.held.NOT_CONNECTED");
  }

  private String partition(Partition partition) {
    return v.t(
        partition.readUntil() == null ? "pipeline.held.UNREAD" : "pipeline.held.PARTITION",
        partition.partition(),
        partition.topic());
  }
}
