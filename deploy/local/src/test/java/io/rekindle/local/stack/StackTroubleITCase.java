package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.server.StackSettings;
import io.rekindle.local.stack.RekindleScript.CommandResult;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script says when a stack cannot start, and that it leaves nothing running then. */
class StackTroubleITCase {

  @TempDir Path temporary;

  @Test
  void shouldNameAPortThatIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandResult outcome = up("--port", "kafka=" + taken.getLocalPort());

      assertRefused(outcome, "port " + taken.getLocalPort(), "--port kafka=", "is in use");
    }
  }

  @Test
  void shouldListThePortsWhenOneIsMisspelt() throws Exception {
    CommandResult outcome = up("--port", "postgers=5432");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("no port \"postgers\"", "kafka-controller");
  }

  @Test
  void shouldLeaveADirectoryOfSomebodyElseAlone() throws Exception {
    Files.writeString(temporary.resolve("thesis.tex"), "");

    assertRefused(up(), "is not the data directory of a stack", "thesis.tex");
  }

  @Test
  void shouldRefuseTheLayoutOfAnotherVersion() throws Exception {
    Files.writeString(
        temporary.resolve("settings.json"),
        "{\"format\":99,\"kafkaClusterId\":\"x\",\"passwords\":{},\"ports\":{},\"demo\":false}");

    assertRefused(
        up(),
        "layout of another version (99; this one is " + StackSettings.FORMAT + ")",
        "remove " + temporary);
  }

  @Test
  void shouldRefuseADatabaseOfAnotherPostgres() throws Exception {
    Files.createDirectories(temporary.resolve("config"));
    Files.createDirectories(temporary.resolve("run"));
    new DataDirectory(temporary).create();
    StackSettings.readOrCreate(new DataDirectory(temporary)).write(new DataDirectory(temporary));
    Files.createDirectories(temporary.resolve("postgres"));
    Files.writeString(temporary.resolve("postgres/PG_VERSION"), "9.6\n");

    assertRefused(up(), "was made by Postgres 9.6", "has Postgres 17");
  }

  @Test
  void shouldShowInTheForegroundWhyABackgroundStackDidNotStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandResult outcome = up("--detach", "--port", "flink=" + taken.getLocalPort());

      assertRefused(outcome, "port " + taken.getLocalPort(), "is in use");
    }
  }

  @Test
  void shouldStartOnlyOneStackAtATimeOnADirectory() throws Exception {
    DataDirectory directory = new DataDirectory(temporary);
    directory.create();
    try (FileLock other = directory.lockStart()) {
      assertThat(other.isValid()).isTrue();
      assertRefused(up("--detach"), "another `rekindle up` is starting", temporary.toString());
      assertRefused(up(), "another `rekindle up` is starting", "READY");
    }
  }

  @Test
  void shouldSayThatThereIsNothingToStop() throws Exception {
    CommandResult outcome = RekindleScript.run("down", "--data", temporary.toString());

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("no stack runs on " + temporary);
  }

  @Test
  void shouldSayHowToGetAJdk() throws Exception {
    CommandResult outcome =
        RekindleScript.start(Map.of("JAVA_HOME", temporary.toString()), "--version").waitFor();

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains("JDK 17", temporary.toString(), "apt-get install");
  }

  private CommandResult up(String... more) throws Exception {
    String[] arguments = new String[more.length + 4];
    arguments[0] = "up";
    arguments[1] = "--empty";
    arguments[2] = "--data";
    arguments[3] = temporary.toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return RekindleScript.run(arguments);
  }

  private void assertRefused(CommandResult outcome, String... parts) throws Exception {
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output()).contains(parts).doesNotContain("\tat ");
    Path run = temporary.resolve("run");
    if (Files.exists(run)) {
      assertThat(run).isEmptyDirectory();
    }
  }
}
