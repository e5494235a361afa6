package io.rekindle.local.stack;

import io.rekindle.job.JobSettings;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.EventLog;
import io.rekindle.local.process.ManagedProcess;
import io.rekindle.local.process.Pid;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.server.ConnectWorker;
import io.rekindle.local.server.DashboardServer;
import io.rekindle.local.server.DemoIdentity;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.Installation;
import io.rekindle.local.server.KafkaBroker;
import io.rekindle.local.server.MailCatcher;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.Port;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.local.server.Server;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.server.StackKey;
import io.rekindle.local.server.StackSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers of one stack, wired to each other, with a process for each. */
final class StackServers {

  private final DataDirectory data;
  private final Installation installation;
  private final StackSettings settings;
  private final StackKey key;
  private final EventLog log;

  private final PostgresServer postgres;
  private final KafkaBroker kafka;
  private final ConnectWorker connect;
  private final FlinkCluster flink;
  private final DashboardServer dashboard;
  private final MailCatcher mail;
  private final MailSender sender;

  /** In the order in which they are stopped. */
  private final Map<String, ManagedProcess> processes = new LinkedHashMap<>();

  StackServers(
      DataDirectory data,
      Installation installation,
      StackSettings settings,
      Map<Port, Integer> ports,
      EventLog log) {
    this.data = data;
    this.installation = installation;
    this.settings = settings;
    this.log = log;
    key = StackKey.readOrCreate(data);
    postgres = new PostgresServer(data, settings, ports.get(Port.POSTGRES));
    kafka =
        new KafkaBroker(
            data,
            settings,
            key,
            ports.get(Port.KAFKA),
            ports.get(Port.KAFKA_CONTROLLER),
            installation);
    connect =
        new ConnectWorker(
            data, key, postgres, kafka.bootstrap(), ports.get(Port.CONNECT), installation);
    flink =
        new FlinkCluster(
            data,
            key,
            ports.get(Port.FLINK),
            ports.get(Port.FLINK_REST),
            ports.get(Port.FLINK_RPC),
            settings.flink().taskManagers(),
            Map.of(
                "REKINDLE_DATABASE_PASSWORD", postgres.account(PostgresServer.PIPELINE).password(),
                "REKINDLE_UNSUBSCRIBE_SECRET", settings.unsubscribeSecret()),
            installation);
    dashboard =
        new DashboardServer(
            data,
            postgres,
            ports.get(Port.DASHBOARD),
            settings.dashboardPassword(),
            flink.pageUrl(),
            kafka.login(),
            installation);
    mail = new MailCatcher(data, ports.get(Port.MAIL_SMTP), ports.get(Port.MAIL), installation);
    sender =
        new MailSender(
            data,
            postgres,
            mail,
            ports.get(Port.SENDER),
            settings.unsubscribeSecret(),
            installation);

    // A server stops before the servers that it needs.
    manage(dashboard);
    manage(sender);
    manage(mail);
    flink.taskManagers().forEach(this::manage);
    manage(flink.jobManager());
    manage(connect);
    manage(kafka);
    manage(postgres);
  }

  private void manage(Server server) {
    ProcessSpec spec = server.process();
    processes.put(spec.name(), new ManagedProcess(spec, data, log));
  }

  /** Writes the configuration files of all servers. */
  void configure() {
    installation.configure("logging/log4j2.properties", data.config("log4j2.properties"), Map.of());
    postgres.configure(installation);
    kafka.configure(installation);
    connect.configure(installation);
    flink.configure(installation);
  }

  PostgresServer postgres() {
    return postgres;
  }

  KafkaBroker kafka() {
    return kafka;
  }

  ConnectWorker connect() {
    return connect;
  }

  FlinkCluster flink() {
    return flink;
  }

  DashboardServer dashboard() {
    return dashboard;
  }

  MailCatcher mail() {
    return mail;
  }

  MailSender sender() {
    return sender;
  }

  ManagedProcess process(String component) {
    return processes.get(component);
  }

  /** All processes, in the order in which they are stopped. */
  Collection<ManagedProcess> processes() {
    return processes.values();
  }

  /**
   * Returns the addresses and passwords of all servers.
   *
   * @param jobId null before the first job
   */
  StackInfo info(String jobId) {
    return new StackInfo(
        postgres.uri(),
        postgres.jdbcUrl(),
        postgres.account(PostgresServer.OWNER),
        postgres.account(PostgresServer.CDC),
        postgres.account(PostgresServer.PIPELINE),
        postgres.account(PostgresServer.SENDER),
        postgres.account(PostgresServer.API),
        kafka.bootstrap(),
        key.directory(),
        connect.url(),
        flink.pageUrl(),
        flink.restUrl(),
        dashboard.url(),
        dashboard.account(),
        sender.url(),
        mail.smtp(),
        mail.url(),
        jobId,
        Pid.current());
  }

  /** The command line of the job. */
  List<String> jobArguments() {
    List<String> arguments =
        new ArrayList<>(
            flink.jobArguments(
                kafka.login(),
                postgres,
                settings.flink().parallelism(),
                settings.flink().stateBackend()));
    Collections.addAll(
        arguments,
        JobSettings.SHOP_NAME.argument(),
        DemoIdentity.SHOP_NAME,
        JobSettings.SHOP_URL.argument(),
        DemoIdentity.SHOP_URL,
        JobSettings.SHOP_POSTAL_ADDRESS.argument(),
        DemoIdentity.POSTAL_ADDRESS,
        JobSettings.UNSUBSCRIBE_BASE_URL.argument(),
        sender.url());
    return arguments;
  }
}
