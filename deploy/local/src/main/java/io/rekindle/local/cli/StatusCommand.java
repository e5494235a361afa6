package io.rekindle.local.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.stack.StackStatus;
import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Health;
import io.rekindle.local.stack.StatusCollector;
import io.rekindle.local.terminal.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description =
        "Shows the health of a stack: its processes, the job, and how far behind the scores are.",
    exitCodeListHeading = "Exit code:%n",
    exitCodeList = {"0:everything is healthy", "1:something is not healthy", "2:no stack runs"})
public final class StatusCommand implements Callable<Integer> {

  private static final double LATE_SECONDS = 10;

  @Mixin private DataOption data;

  @Option(names = "--json", description = "Prints JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    StackInfo info = StackInfo.read(data.path());
    StackStatus status;
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      progress.step("waiting for answers");
      status = new StatusCollector(new DataDirectory(data.path()), info).collect();
    }
    if (json) {
      System.out.println(
          new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(status));
    } else {
      print(status, System.out);
    }
    return status.healthy() ? 0 : 1;
  }

  public static void print(StackStatus status, PrintStream out) {
    status
        .components()
        .forEach(
            (name, component) ->
                out.printf(
                    Locale.ROOT,
                    "%-13s %-8s %8s  %s%s%s%n",
                    name,
                    component.state() == Health.SLOW
                        ? "slow"
                        : component.healthy() ? "ok" : "TROUBLE",
                    component.pid() == null ? "" : component.pid().toString(),
                    component.endpoint() == null ? "" : component.endpoint(),
                    component.smtp() == null ? "" : ", SMTP " + component.smtp(),
                    remark(component)));
    out.println();
    var connector = status.connector();
    line(
        out,
        "connector",
        connector.healthy(),
        (connector.state() == null ? "" : connector.state() + ", task " + connector.task())
            + (connector.trouble() == null ? "" : " " + connector.trouble()));
    var job = status.job();
    line(
        out,
        "job",
        job.healthy(),
        (job.id() == null ? "" : job.id() + " ")
            + (job.state() == null ? "" : job.state())
            + (job.trouble() == null ? "" : " (" + job.trouble() + ")"));
    var watermark = status.watermark();
    line(
        out,
        "scores",
        watermark.healthy(),
        watermark.scoredUntil() == null
            ? "none yet"
            : "complete up to %s, %.1f s ago"
                .formatted(watermark.scoredUntil(), watermark.ageSeconds()));
    if (watermark.why() != null) {
      line(out, "", true, "time stands still: " + watermark.why());
    }
    if (watermark.heldBackBy() != null && isLate(watermark)) {
      var partition = watermark.heldBackBy();
      line(
          out,
          "",
          true,
          "held back by partition %d of %s%s"
              .formatted(
                  partition.partition(),
                  partition.topic(),
                  partition.watermark() == null ? "" : ", at " + partition.watermark()));
    }
    if (status.capture() != null) {
      var capture = status.capture();
      line(
          out,
          "capture",
          Boolean.TRUE.equals(capture.active()) && capture.faults().isEmpty(),
          "%s%s"
              .formatted(
                  capture.lagBytes() == null
                      ? "no slot"
                      : "%,d bytes of log to confirm".formatted(capture.lagBytes()),
                  capture.lagSeconds() == null
                      ? ""
                      : ", newest change read %.1f s old".formatted(capture.lagSeconds())));
    }
    if (status.capture() != null) {
      status.capture().faults().forEach(fault -> line(out, "", true, fault));
    }
    if (status.model() != null) {
      var model = status.model();
      line(out, "model", model.healthy(), text(model));
    }
    if (status.deadLetters() != null) {
      line(out, "dead letters", true, Long.toString(status.deadLetters().count()));
    }
  }

  private static String text(StackStatus.Model model) {
    String reason = model.fallbackReason() == null ? "" : " (" + model.fallbackReason() + ")";
    String wrote =
        model.required() == 0
            ? "no email to write in 10 minutes"
            : "wrote %d of %d emails in 10 minutes%s"
                .formatted(model.wrote(), model.required(), reason);
    String form = model.requestForm() == null ? "" : ", asked as " + model.requestForm();
    return model.name() + " " + wrote + form;
  }

  private static String remark(Component component) {
    if (component.answerSeconds() != null) {
      return String.format(Locale.ROOT, " (answered after %.1f s)", component.answerSeconds());
    }
    return component.trouble() == null ? "" : " (" + component.trouble() + ")";
  }

  /** One of the partitions is always the slowest; that tells something only if time is late. */
  private static boolean isLate(StackStatus.Watermark watermark) {
    return watermark.ageSeconds() == null || watermark.ageSeconds() > LATE_SECONDS;
  }

  private static void line(PrintStream out, String name, boolean healthy, String text) {
    out.printf(
        Locale.ROOT,
        "%-13s %-8s %8s  %s%n",
        name,
        name.isEmpty() ? "" : healthy ? "ok" : "TROUBLE",
        "",
        text);
  }
}
