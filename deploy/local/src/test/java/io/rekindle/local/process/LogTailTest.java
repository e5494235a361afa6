package io.rekindle.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

  @TempDir Path directory;

  private Path file;
  private EventLog log;

  @BeforeEach
  void open() {
    file = directory.resolve("supervisor.log");
    log = new EventLog(file, Progress.onStandardError());
  }

  @Test
  void shouldReadWhatWasAddedSinceAndNothingTwice() throws IOException {
    log.note("before");
    LogTail tail = LogTail.fromEndOf(file);
    log.note("starting Käfka");
    log.note("ready");

    assertThat(tail.newLines())
        .containsExactly(EventLog.STEP + "starting Käfka", EventLog.STEP + "ready");
    assertThat(tail.newLines()).isEmpty();
    log.note("later");
    assertThat(tail.newLines()).containsExactly(EventLog.STEP + "later");
  }

  @Test
  void shouldWaitForAFileThatIsNotThereYet() throws IOException {
    LogTail tail = LogTail.fromEndOf(file);

    assertThat(tail.newLines()).isEmpty();
    log.note("first");
    assertThat(tail.newLines()).containsExactly(EventLog.STEP + "first");
  }

  @Test
  void shouldLeaveOutStackTraces() throws IOException {
    LogTail tail = LogTail.fromEndOf(file);
    log.note("it went wrong", new IllegalStateException("deep down"));

    assertThat(tail.newLines()).containsExactly("it went wrong");
    assertThat(Files.readString(file)).contains("IllegalStateException: deep down");
  }

  @Test
  void shouldStartAgainWhenTheFileWasEmptied() throws IOException {
    log.note("a long line that goes away with all that came before it");
    LogTail tail = LogTail.fromEndOf(file);
    Files.writeString(file, "");
    log.note("new");

    assertThat(tail.newLines()).containsExactly(EventLog.STEP + "new");
  }
}
