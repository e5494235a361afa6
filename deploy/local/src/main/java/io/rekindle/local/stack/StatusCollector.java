package io.rekindle.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.connectors.connect.ConnectApi;
import io.rekindle.connectors.connect.ConnectApi.ConnectorStatus;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
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
import io.rekindle.local.stack.StackStatus.Capture;
import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Connector;
import io.rekindle.local.stack.StackStatus.DeadLetters;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.local.stack.StackStatus.Watermark;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Asks all parts of a stack how they are, at the same time. */
public final class StatusCollector {

  /** The age of the scores at which time stands still. It is usually some hundred milliseconds. */
  private static final double STANDSTILL_SECONDS = 10;

  private static final String NO_JOB_MANAGER = "the JobManager does not answer";

  private final DataDirectory data;
  private final StackInfo info;

  public StatusCollector(DataDirectory data, StackInfo info) {
    this.data = data;
    this.info = info;
  }

  public StackStatus collect() {
    FlinkRest flink = new FlinkRest(info.flinkUrl());
    FlinkProbe probe = new FlinkProbe(data.root(), flink);
    Topic deadLetterTopic = Topics.standard().deadLetters();
    var askedDatabase = Answer.to(() -> DatabaseProgress.read(info));
    var askedLetters = Answer.to(() -> DeadLetterCount.of(deadLetterTopic, info.kafkaBootstrap()));
    var askedConnector = Answer.to(() -> new ConnectApi(info.connectUrl()).status());
    var askedTaskManagers = Answer.to(flink::taskManagers);
    var askedJob = Answer.to(probe::job);
    var askedWatermarks = Answer.to(probe::watermarks);
    var askedDashboard = Answer.to(() -> new RestClient(info.dashboardUrl()).get("/health"));
    var askedSender = Answer.to(() -> new RestClient(info.senderUrl()).get("/health"));
    var askedCatcher =
        Answer.to(() -> new RestClient(info.mailUrl()).get("/api/service/readiness"));

    Answer<DatabaseProgress> database = askedDatabase.join();
    Answer<Long> letters = askedLetters.join();
    Answer<Optional<ConnectorStatus>> connectorStatus = askedConnector.join();
    Answer<Job> jobStatus = askedJob.join();
    Answer<PartitionWatermarks> watermarkStatus = askedWatermarks.join();

    Component postgres = component(PostgresServer.NAME, database, info.postgresUri(), null, null);
    Component kafka = component(KafkaBroker.NAME, letters, null, info.kafkaBootstrap(), null);
    Component connect =
        component(ConnectWorker.NAME, connectorStatus, null, null, info.connectUrl());
    Component jobManager = component(FlinkCluster.JOB_MANAGER, jobStatus, null, null, null);
    SortedMap<String, Component> workers = taskManagers(askedTaskManagers.join());
    Component taskManager = workers.remove(FlinkCluster.TASK_MANAGER);
    boolean flinkHealthy =
        jobManager.healthy()
            && taskManager.healthy()
            && workers.values().stream().allMatch(Component::healthy);
    Component cluster =
        new Component(
            null,
            null,
            null,
            info.flinkUrl(),
            null,
            flinkHealthy,
            flinkHealthy ? null : "one of its processes is not healthy");
    Component dashboard =
        component(DashboardServer.NAME, askedDashboard.join(), null, null, info.dashboardUrl());
    Component sender = sender(askedSender.join());
    Component mail =
        component(
            MailCatcher.NAME,
            askedCatcher.join().trouble(),
            null,
            null,
            info.mailUrl(),
            info.mailSmtp());
    Component supervisor =
        new Component(info.supervisor().pid(), null, null, null, null, true, null);

    Connector connector = connector(connectorStatus);
    Job job =
        jobStatus.given() ? jobStatus.value() : new Job(info.jobId(), null, false, NO_JOB_MANAGER);
    PartitionWatermarks read =
        watermarkStatus.given() ? watermarkStatus.value() : PartitionWatermarks.NONE;
    Standstill standstill =
        new Standstill(
            postgres, kafka, connect, connector, database, jobManager, taskManager, job, read);
    DatabaseProgress progress = database.given() ? database.value() : DatabaseProgress.NONE;
    Watermark watermark = watermark(progress, read, standstill);
    boolean healthy =
        Stream.of(postgres, kafka, connect, cluster, dashboard, sender, mail)
                .allMatch(Component::healthy)
            && connector.healthy()
            && job.healthy()
            && watermark.healthy();
    return new StackStatus(
        healthy,
        data.root().toString(),
        supervisor,
        postgres,
        kafka,
        connect,
        jobManager,
        taskManager,
        workers,
        cluster,
        dashboard,
        sender,
        mail,
        connector,
        job,
        watermark,
        capture(progress, read),
        letters.given() ? new DeadLetters(deadLetterTopic.name(), letters.value()) : null);
  }

  private Component component(
      String name, Answer<?> answer, String uri, String bootstrap, String url) {
    return component(name, answer.trouble(), uri, bootstrap, url, null);
  }

  /** Returns the component. The end of its process explains more than a missing answer. */
  private Component component(
      String name, String trouble, String uri, String bootstrap, String url, String smtp) {
    Optional<Long> pid = PidFile.read(data.pidFile(name)).filter(Pid::alive).map(Pid::pid);
    String shown = pid.isEmpty() ? "its process has ended" : trouble;
    return new Component(pid.orElse(null), uri, bootstrap, url, smtp, shown == null, shown);
  }

  /** Reports a paused sender as unhealthy, although its health check succeeds. */
  private Component sender(Answer<JsonNode> health) {
    boolean pauses = health.given() && health.value().path("sending").asText().equals("PAUSED");
    String trouble = pauses ? "sending pauses: see " + data.log(MailSender.NAME) : health.trouble();
    return component(MailSender.NAME, trouble, null, null, info.senderUrl(), null);
  }

  /** The started TaskManagers by name. Flink has its own ids for them, so it can only count. */
  private SortedMap<String, Component> taskManagers(Answer<Integer> registered) {
    Set<String> started = new TreeSet<>(data.startedComponents(FlinkCluster.TASK_MANAGER));
    started.add(FlinkCluster.TASK_MANAGER);
    String trouble = null;
    if (!registered.given()) {
      trouble = NO_JOB_MANAGER;
    } else if (registered.value() == 0) {
      trouble = "not registered with the JobManager";
    } else if (registered.value() < started.size()) {
      trouble = "%d of %d are registered".formatted(registered.value(), started.size());
    }
    SortedMap<String, Component> components = new TreeMap<>();
    for (String name : started) {
      components.put(name, component(name, trouble, null, null, null, null));
    }
    return components;
  }

  private static Connector connector(Answer<Optional<ConnectorStatus>> answer) {
    if (!answer.given()) {
      return new Connector(null, null, "Kafka Connect does not answer", false);
    }
    return answer
        .value()
        .map(s -> new Connector(s.state(), s.task(), s.trouble(), s.running()))
        .orElseGet(() -> new Connector(null, null, "not known to Kafka Connect", false));
  }

  private static Watermark watermark(
      DatabaseProgress progress, PartitionWatermarks read, Standstill standstill) {
    boolean moves = progress.ageSeconds() != null && progress.ageSeconds() < STANDSTILL_SECONDS;
    return new Watermark(
        progress.scoredUntil() == null ? null : progress.scoredUntil().toString(),
        progress.ageSeconds(),
        read.slowest().orElse(null),
        moves,
        moves ? null : standstill.reason());
  }

  private static Capture capture(DatabaseProgress progress, PartitionWatermarks read) {
    if (progress.slotActive() == null) {
      return null;
    }
    Double lag =
        read.newest()
            .map(newest -> Duration.between(newest, progress.now()).toMillis() / 1000.0)
            .map(seconds -> Math.max(0, seconds))
            .orElse(null);
    return new Capture(DatabaseProgress.SLOT, progress.slotActive(), progress.lagBytes(), lag);
  }
}
