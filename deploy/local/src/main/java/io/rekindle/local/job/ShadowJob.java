package io.rekindle.local.job;

import io.rekindle.job.JobSettings;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A second job on a stack's cluster. It reads the same topics from their beginning and writes to a
 * database of its own only.
 */
public final class ShadowJob implements AutoCloseable {

  private final FlinkRest flink;
  private final String id;
  private final Path checkpoints;

  private ShadowJob(FlinkRest flink, String id, Path checkpoints) {
    this.flink = flink;
    this.id = id;
    this.checkpoints = checkpoints;
  }

  /**
   * Submits the job with the number of free slots as its parallelism.
   *
   * @param data the stack's data directory
   * @param jar the job's jar; null for the jar of this build
   * @param jdbcUrl JDBC URL of the database that it writes to
   * @throws Failure if there is no free slot, or the cluster refuses the job
   */
  public static ShadowJob submit(Path data, StackInfo stack, Path jar, String jdbcUrl)
      throws IOException {
    FlinkRest flink = new FlinkRest(stack.flinkRestUrl(), stack.tls());
    int slots = flink.freeSlots();
    if (slots == 0) {
      throw new Failure(
          "no slot of Flink is free for a second job: stop the stack, and start it with one more of"
              + " --task-managers");
    }
    DataDirectory directory = new DataDirectory(data);
    Path checkpoints = directory.flink("replay");
    String id = UUID.randomUUID().toString().replace("-", "");
    List<String> arguments =
        List.of(
            JobSettings.KAFKA_BOOTSTRAP_SERVERS.argument(),
            stack.kafkaBootstrap(),
            JobSettings.KAFKA_TLS.argument(),
            stack.tls().toString(),
            JobSettings.KAFKA_GROUP_ID.argument(),
            "rekindle-shadow",
            JobSettings.DATABASE_URL.argument(),
            jdbcUrl,
            JobSettings.DATABASE_USER.argument(),
            stack.pipeline().user(),
            JobSettings.RESULTS.argument(),
            "shadow",
            JobSettings.CHECKPOINT_DIRECTORY.argument(),
            checkpoints.toUri().toString(),
            // The job starts without state, also after a failure.
            JobSettings.CHECKPOINT_INTERVAL.argument(),
            "1 h",
            JobSettings.PARALLELISM.argument(),
            Integer.toString(slots));
    try {
      Path program = jar == null ? Installation.current().jobJar() : jar;
      flink.run(flink.replaceJar(program), id, arguments, null, false);
    } catch (RestClient.StatusException e) {
      throw new Failure("Flink refuses the job: " + e.getMessage(), e);
    }
    return new ShadowJob(flink, id, checkpoints);
  }

  /**
   * Checks that the job runs or starts.
   *
   * @throws Failure if the job has ended; the message has the cause
   */
  public void check() throws IOException {
    boolean ended = flink.job(id).map(FlinkRest.Job::ended).orElse(true);
    if (ended) {
      throw new Failure(
          "the second job has ended: "
              + flink
                  .lastFailure(id)
                  .map(FlinkRest.JobFailure::toString)
                  .orElse("Flink does not say why"));
    }
  }

  /** Cancels the job and waits for its end. */
  @Override
  public void close() {
    try {
      if (flink.job(id).filter(job -> !job.ended()).isPresent()) {
        flink.cancel(id);
        while (flink.job(id).filter(job -> !job.ended()).isPresent()) {
          Thread.sleep(100);
        }
      }
      DataDirectory.deleteTree(checkpoints);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
