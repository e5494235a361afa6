package io.rekindle.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.rekindle.local.stack.StackStatus.Health;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.local.stack.StackStatus.Model;
import io.rekindle.local.stack.StackStatus.Watermark;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Asks all parts of a stack how they are, at the same time. */
public final class StatusCollector {

  /** The time for an answer. A busy machine needs several seconds for a healthy one. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final String ENDED = "its process has ended";
  private static final String NO_JOB_MANAGER = "the JobManager does not answer";

  private final DataDirectory data;
  private final StackInfo info;
  private final Duration timeout;

  public StatusCollector(DataDirectory data, StackInfo info) {
    this(data, info, TIMEOUT);
  }

  /**
   * @param timeout the time after which a part that runs counts as silent
   */
  StatusCollector(DataDirectory data, StackInfo info, Duration timeout) {
    this.data = data;
    this.info = info;
    this.timeout = timeout;
  }

  public StackStatus collect() {
    Duration limit = timeout.multipliedBy(2);
    FlinkRest flink = info.flink(limit);
    FlinkProbe probe = new FlinkProbe(data.root(), flink);
    Topic deadLetterTopic = Topics.standard().deadLetters();
    var askedDatabase = ask(PostgresServer.NAME, () -> DatabaseProgress.read(info, timeout));
    var askedModel = ask(PostgresServer.NAME, () -> ModelWriting.read(info, timeout));
    var askedLetters =
        ask(KafkaBroker.NAME, () -> DeadLetterCount.of(deadLetterTopic, info.kafka(), limit));
    var askedConnector = ask(ConnectWorker.NAME, () -> info.connect(limit).status());
    var askedTaskManagers = ask(FlinkCluster.JOB_MANAGER, flink::taskManagers);
    var askedJob = ask(FlinkCluster.JOB_MANAGER, probe::job);
    var askedWatermarks = ask(FlinkCluster.JOB_MANAGER, probe::watermarks);
    var askedDashboard =
        ask(DashboardServer.NAME, () -> get(info.dashboardUrl(), "/health", limit));
    var askedSender = ask(MailSender.NAME, () -> get(info.senderUrl(), "/health", limit));
    var askedCatcher =
        ask(MailCatcher.NAME, () -> get(info.mailUrl(), "/api/service/readiness", limit));

    Answer<DatabaseProgress> database = askedDatabase.join();
    Answer<Optional<Model>> model = askedModel.join();
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
            flinkHealthy ? Health.OK : Health.DOWN,
            flinkHealthy ? null : "one of its processes is not healthy",
            null);
    Component dashboard =
        component(DashboardServer.NAME, askedDashboard.join(), null, null, info.dashboardUrl());
    Component sender = sender(askedSender.join());
    Component mail =
        component(
            MailCatcher.NAME, askedCatcher.join(), null, null, info.mailUrl(), info.mailSmtp());
    Component supervisor =
        new Component(info.supervisor().pid(), null, null, null, null, true, Health.OK, null, null);

    Connector connector = connector(connectorStatus);
    Job job =
        jobStatus.given() ? jobStatus.value() : new Job(info.jobId(), null, false, NO_JOB_MANAGER);
    PartitionWatermarks read =
        watermarkStatus.given() ? watermarkStatus.value() : PartitionWatermarks.NONE;
    DatabaseProgress progress = database.given() ? database.value() : DatabaseProgress.NONE;
    List<String> faults = progress.captureFaults();
    boolean moves =
        progress.ageSeconds() != null && progress.ageSeconds() < Standstill.LIMIT.toSeconds();
    String why = null;
    if (!moves) {
      Answer<KafkaTails> tails =
          ask(KafkaBroker.NAME, () -> KafkaTails.read(info.kafka(), limit)).join();
      Instant now = progress.now() == null ? Instant.now() : progress.now();
      why =
          new Standstill(
                  postgres,
                  kafka,
                  connect,
                  connector,
                  database,
                  jobManager,
                  taskManager,
                  job,
                  read,
                  tails,
                  now)
              .reason();
    }
    Watermark watermark = watermark(progress, read, moves, why);
    boolean healthy =
        Stream.of(postgres, kafka, connect, cluster, dashboard, sender, mail)
                .allMatch(Component::healthy)
            && connector.healthy()
            && faults.isEmpty()
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
        model.given() ? model.value().orElse(null) : null,
        letters.given() ? new DeadLetters(deadLetterTopic.name(), letters.value()) : null);
  }

  /** Asks a part in the background, unless its process cannot answer. */
  private <T> CompletableFuture<Answer<T>> ask(String name, Answer.Question<T> question) {
    Optional<Pid> pid = running(name);
    if (pid.isEmpty()) {
      return CompletableFuture.completedFuture(Answer.none(ENDED));
    }
    return pid.get().suspended()
        ? CompletableFuture.completedFuture(Answer.none("its process is stopped by a signal"))
        : Answer.to(question, timeout);
  }

  /** The process of a part; empty if it has ended. */
  private Optional<Pid> running(String name) {
    return PidFile.read(data.pidFile(name)).filter(Pid::alive);
  }

  private static JsonNode get(String url, String path, Duration limit) throws IOException {
    return new RestClient(url, limit).get(path);
  }

  private Component component(
      String name, Answer<?> answer, String uri, String bootstrap, String url) {
    return component(name, answer, uri, bootstrap, url, null);
  }

  /** Returns the component. The end of its process explains more than a missing answer. */
  private Component component(
      String name, Answer<?> answer, String uri, String bootstrap, String url, String smtp) {
    Optional<Long> pid = running(name).map(Pid::pid);
    Answer<?> shown = pid.isEmpty() ? Answer.none(ENDED) : answer;
    return new Component(
        pid.orElse(null),
        uri,
        bootstrap,
        url,
        smtp,
        shown.given(),
        shown.health(),
        shown.trouble(),
        shown.seconds());
  }

  /**
   * Reports a paused sender as unhealthy, although its health check succeeds. Domains that rest are
   * mentioned only: the others get their emails.
   */
  private Component sender(Answer<JsonNode> health) {
    boolean pauses = health.given() && health.value().path("sending").asText().equals("PAUSED");
    Answer<?> shown =
        pauses ? Answer.none("sending pauses: see " + data.log(MailSender.NAME)) : health;
    Component sender = component(MailSender.NAME, shown, null, null, info.senderUrl(), null);
    int domains = health.given() ? health.value().path("pausedDomains").asInt() : 0;
    return pauses || domains == 0
        ? sender
        : sender.withTrouble(
            "%d recipients' domains rest: see %s".formatted(domains, data.log(MailSender.NAME)));
  }

  /** The started TaskManagers by name. Flink has its own ids for them, so it can only count. */
  private SortedMap<String, Component> taskManagers(Answer<Integer> registered) {
    Set<String> started = new TreeSet<>(data.startedComponents(FlinkCluster.TASK_MANAGER));
    started.add(FlinkCluster.TASK_MANAGER);
    Answer<?> answer = registered;
    if (!registered.given()) {
      answer = new Answer<>(null, Health.SILENT, NO_JOB_MANAGER, null);
    } else if (registered.value() == 0) {
      answer = Answer.none("not registered with the JobManager");
    } else if (registered.value() < started.size()) {
      answer = Answer.none("%d of %d are registered".formatted(registered.value(), started.size()));
    }
    SortedMap<String, Component> components = new TreeMap<>();
    for (String name : started) {
      components.put(name, component(name, answer, null, null, null, null));
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
      DatabaseProgress progress, PartitionWatermarks read, boolean moves, String why) {
    return new Watermark(
        progress.scoredUntil() == null ? null : progress.scoredUntil().toString(),
        progress.ageSeconds(),
        read.slowest().orElse(null),
        moves,
        why);
  }

  private static Capture capture(DatabaseProgress progress, PartitionWatermarks read) {
    List<String> faults = progress.captureFaults();
    if (progress.slotActive() == null && faults.isEmpty()) {
      return null;
    }
    Double lag =
        read.newest()
            .filter(newest -> progress.now() != null)
            .map(newest -> Duration.between(newest, progress.now()).toMillis() / 1000.0)
            .map(seconds -> Math.max(0, seconds))
            .orElse(null);
    return new Capture(
        DatabaseProgress.SLOT, progress.slotActive(), progress.lagBytes(), lag, faults);
  }
}
