package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.PidFile;
import io.rekindle.local.server.ConnectWorker;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.MailCatcher;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackInfo.Account;
import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCollectorTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final String SILENCE = "no answer within 2 s, although its process runs";

  @TempDir Path directory;

  /** Takes connections, as the port of a stopped process does, and never answers. */
  private ServerSocket silent;

  private DataDirectory data;
  private StackInfo info;

  @BeforeEach
  void pointEverythingAtSilence() throws IOException {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    String address = "127.0.0.1:" + silent.getLocalPort();
    Account account = new Account("rekindle", "secret");
    info =
        new StackInfo(
            "postgresql://" + address + "/rekindle",
            "jdbc:postgresql://" + address + "/rekindle",
            account,
            account,
            account,
            account,
            account,
            address,
            null,
            "http://" + address,
            "http://" + address,
            "http://" + address,
            "http://" + address,
            account,
            "http://" + address,
            address,
            "http://" + address,
            "0123456789abcdef0123456789abcdef",
            Pid.current());
    data = new DataDirectory(directory);
    data.create();
    info.write(data.root());
    for (String component :
        List.of(
            PostgresServer.NAME,
            KafkaBroker.NAME,
            ConnectWorker.NAME,
            FlinkCluster.JOB_MANAGER,
            FlinkCluster.TASK_MANAGER,
            DashboardServer.NAME,
            MailSender.NAME,
            MailCatcher.NAME)) {
      PidFile.write(data.pidFile(component), Pid.current());
    }
  }

  @AfterEach
  void close() throws IOException {
    silent.close();
  }

  @Test
  void shouldNameEveryoneWhoDoesNotAnswer() {
    StackStatus status = new StatusCollector(data, info, TIMEOUT).collect();

    assertThat(status.healthy()).isFalse();
    assertThat(
            List.of(
                status.postgres(),
                status.kafka(),
                status.connect(),
                status.jobmanager(),
                status.dashboard()))
        .extracting(Component::trouble)
        .containsOnly(SILENCE);
    assertThat(status.taskmanager().trouble()).isEqualTo("the JobManager does not answer");
    assertThat(status.job().trouble()).isEqualTo("the JobManager does not answer");
    assertThat(status.postgres().state()).isEqualTo(Health.SILENT);
    assertThat(status.watermark().why())
        .startsWith("the cause is not known: Postgres gave " + SILENCE)
        .contains("Kafka Connect gave " + SILENCE);
  }

  @Test
  void shouldNameAProcessThatHasEnded() {
    PidFile.write(data.pidFile(KafkaBroker.NAME), new Pid(Pid.current().pid(), 1));

    StackStatus status = new StatusCollector(data, info, TIMEOUT).collect();

    assertThat(status.kafka().trouble()).isEqualTo("its process has ended");
    assertThat(status.kafka().pid()).isNull();
    assertThat(status.watermark().why()).isEqualTo("Kafka: its process has ended");
  }
}
