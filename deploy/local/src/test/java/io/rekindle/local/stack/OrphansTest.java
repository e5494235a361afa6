package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.Await;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  /** Ends in good order, and says so, but never for INT: a script's background job is like that. */
  private static final String DEAF_TO_INT =
      "trap '' INT; trap 'echo ended > \"$1/$2.printed\"; exit' TERM; echo ready > \"$1/$2.printed\";"
          + " while :; do sleep 0.1; done";

  @TempDir private Path directory;

  @Test
  void shouldEndAllInGoodOrderThoughTheyDoNotHearOfInterrupts() throws Exception {
    DataDirectory data = new DataDirectory(directory);
    data.create();
    Process kafka = orphan(data, "kafka");
    Process connect = orphan(data, "connect");
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      int ended = Orphans.end(data, new EventLog(data.log(Supervisor.NAME), progress));

      assertThat(ended).isEqualTo(2);
      assertThat(kafka.isAlive()).isFalse();
      assertThat(connect.isAlive()).isFalse();
      assertThat(printed("kafka")).isEqualTo("ended");
      assertThat(printed("connect")).isEqualTo("ended");
      assertThat(data.run()).isEmptyDirectory();
    } finally {
      kafka.destroyForcibly();
      connect.destroyForcibly();
    }
  }

  private Process orphan(DataDirectory data, String component) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", DEAF_TO_INT, "sh", data.root().toString(), component)
            .start();
    PidFile.write(data.run().resolve(component + ".json"), Pid.of(process.toHandle()));
    Await.until(component + " runs", SOON, () -> printed(component).equals("ready"));
    return process;
  }

  private String printed(String component) throws IOException {
    Path file = directory.resolve(component + ".printed");
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }
}
