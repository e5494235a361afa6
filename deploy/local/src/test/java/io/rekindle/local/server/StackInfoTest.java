package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.process.Pid;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.terminal.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackInfoTest {

  @TempDir Path data;

  @Test
  void shouldReadWhatTheSupervisorWrote() throws Exception {
    StackInfo info = info(Pid.current(), "0123456789abcdef0123456789abcdef");
    info.write(data);

    assertThat(StackInfo.read(data)).isEqualTo(info);
    assertThat(Files.getPosixFilePermissions(data.resolve("stack.json")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void shouldSayWhenNoStackRuns() {
    assertNoStack();
  }

  @Test
  void shouldNotTakeALaterProcessForTheSupervisor() {
    Pid current = Pid.current();
    info(new Pid(current.pid(), current.startedAt() - 3_600), null).write(data);

    assertNoStack();
  }

  @Test
  void shouldKeepPasswordsOutOfText() {
    assertThat(info(Pid.current(), null).toString()).doesNotContain("secret");
  }

  private void assertNoStack() {
    assertThatThrownBy(() -> StackInfo.read(data))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exitCode()).isEqualTo(2))
        .hasMessageContaining("no stack runs on " + data)
        .hasMessageContaining("rekindle up");
  }

  private static StackInfo info(Pid supervisor, String jobId) {
    Account account = new Account("rekindle", "secret");
    return new StackInfo(
        "postgresql://rekindle:secret@127.0.0.1:1/rekindle",
        "jdbc:postgresql://127.0.0.1:1/rekindle",
        account,
        account,
        account,
        account,
        account,
        "127.0.0.1:2",
        Path.of("/somewhere/tls"),
        "https://127.0.0.1:3",
        "http://127.0.0.1:4",
        "https://127.0.0.1:9",
        "http://127.0.0.1:5",
        account,
        "http://127.0.0.1:6",
        "127.0.0.1:7",
        "http://127.0.0.1:8",
        jobId,
        supervisor);
  }
}
