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
import io.rekindle.local.stack.StackStatus.Partition;
import io.rekindle.local.stack.StackStatus.Watermark;
import io.rekindle.platform.rest.FlinkRest;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.postgresql.ds.PGSimpleDataSource;

/** Asks all parts of a stack how they are, at the same time. */
public final class StatusCollector {

  /**
   * Scores are some hundred milliseconds behind the database; with this much, time stands still.
   */
  private static final double STANDSTILL_SECONDS = 10;

  /**
   * What has not answered by then is named: who asks wants to know now, but on a busy machine a
   * program that has just started takes a second or two itself.
   */
  static final int ANSWER_SECONDS = 5;

  /** Flink answers with what it has and asks its tasks after that, so the second answer counts. */
  private static final Duration METRICS_PAUSE = Duration.ofMillis(400);

  private static final String SLOT = "rekindle";

  private final DataDirectory data;
  private final StackInfo info;
  private final FlinkRest flink;

  public StatusCollector(DataDirectory data, StackInfo info) {
    this.data = data;
    this.info = info;
    this.flink = new FlinkRest(info.flinkUrl());
  }

  private interface Question<T> {
    T ask() throws IOException, SQLException, InterruptedException;
  }

  /** An answer, or why there is none. */
  private record Answer<T>(T value, String trouble) {

    boolean given() {
      return trouble == null;
    }
  }

  /** What the database knows. */
  private record DatabaseStatus(
      Instant scoredUntil, Double ageSeconds, Boolean slotActive, Long lagBytes, Instant now) {}

  public StackStatus collect() {
    var database = ask(this::database);
    var deadLetters = ask(this::deadLetters);
    var connector = ask(() -> new ConnectApi(info.connectUrl()).status());
    var taskManagers = ask(flink::taskManagers);
    var job = ask(this::running);
    var watermarks = ask(this::watermarks);
    var dashboard = ask(() -> new RestClient(info.dashboardUrl()).get("/health"));
    var sender = ask(() -> new RestClient(info.senderUrl()).get("/health"));
    var catcher = ask(() -> new RestClient(info.mailUrl()).get("/api/service/readiness"));

    Component postgres = component(PostgresServer.NAME, database, info.postgresUri(), null, null);
    Component kafka = component(KafkaBroker.NAME, deadLetters, null, info.kafkaBootstrap(), null);
    Component connect = component(ConnectWorker.NAME, connector, null, null, info.connectUrl());
    Component jobManager = component(FlinkCluster.JOB_MANAGER, job, null, null, null);
    SortedMap<String, Component> workers = taskManagers(taskManagers.join());
    Component taskManager = workers.remove(FlinkCluster.TASK_MANAGER);
    boolean workersHealthy =
        taskManager.healthy() && workers.values().stream().allMatch(Component::healthy);
    boolean flinkHealthy = jobManager.healthy() && workersHealthy;
    Component cluster =
        new Component(
            null,
            null,
            null,
            info.flinkUrl(),
            null,
            flinkHealthy,
            flinkHealthy ? null : "one of its processes is not healthy");
    Component page = component(DashboardServer.NAME, dashboard, null, null, info.dashboardUrl());
    Component mailer = sender(sender);
    Component mail =
        component(MailCatcher.NAME, catcher, null, null, info.mailUrl(), info.mailSmtp());
    Component supervisor =
        new Component(info.supervisor().pid(), null, null, null, null, true, null);

    Connector capturing = connector(connector.join());
    Job running =
        job.join().given()
            ? job.join().value()
            : new Job(info.jobId(), null, false, "the JobManager does not answer");
    Map<TopicPartition, Instant> read =
        watermarks.join().given() ? watermarks.join().value() : Map.of();
    Watermark watermark =
        watermark(
            database.join(),
            read,
            why(
                postgres,
                kafka,
                connect,
                capturing,
                jobManager,
                taskManager,
                running,
                read,
                database.join()));
    boolean healthy =
        Stream.of(postgres, kafka, connect, cluster, page, mailer, mail)
                .allMatch(Component::healthy)
            && capturing.healthy()
            && running.healthy()
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
        page,
        mailer,
        mail,
        capturing,
        running,
        watermark,
        capture(database.join(), read),
        deadLetters.join().given()
            ? new DeadLetters(Topics.standard().deadLetters().name(), deadLetters.join().value())
            : null);
  }

  /** A question that hangs is left to its thread, which keeps no program from ending. */
  private static <T> CompletableFuture<Answer<T>> ask(Question<T> question) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return new Answer<>(question.ask(), null);
              } catch (IOException | SQLException e) {
                return new Answer<T>(null, e.getMessage());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Answer<T>(null, "interrupted");
              }
            },
            task -> {
              Thread thread = new Thread(task, "status");
              thread.setDaemon(true);
              thread.start();
            })
        .completeOnTimeout(
            new Answer<>(null, "no answer within " + ANSWER_SECONDS + " s"),
            ANSWER_SECONDS,
            TimeUnit.SECONDS);
  }

  private Component component(
      String name,
      CompletableFuture<? extends Answer<?>> answer,
      String uri,
      String bootstrap,
      String url) {
    return component(name, answer, uri, bootstrap, url, null);
  }

  private Component component(
      String name,
      CompletableFuture<? extends Answer<?>> answer,
      String uri,
      String bootstrap,
      String url,
      String smtp) {
    Optional<Long> pid = pid(name);
    String trouble = pid.isEmpty() ? "its process has ended" : answer.join().trouble();
    return new Component(pid.orElse(null), uri, bootstrap, url, smtp, trouble == null, trouble);
  }

  /** Reports a paused sender as unhealthy, although its health check succeeds. */
  private Component sender(CompletableFuture<Answer<JsonNode>> health) {
    Component sender = component(MailSender.NAME, health, null, null, info.senderUrl());
    boolean pauses =
        sender.healthy() && health.join().value().path("sending").asText().equals("PAUSED");
    return pauses
        ? new Component(
            sender.pid(),
            null,
            null,
            sender.url(),
            null,
            false,
            "sending pauses: see " + data.log(MailSender.NAME))
        : sender;
  }

  /** All that were started, by name. Flink knows them by ids of its own, so it can only count. */
  private SortedMap<String, Component> taskManagers(Answer<Integer> registered) {
    SortedMap<String, Component> components = new TreeMap<>();
    Set<String> started = new TreeSet<>(data.startedComponents(FlinkCluster.TASK_MANAGER));
    started.add(FlinkCluster.TASK_MANAGER);
    for (String name : started) {
      Optional<Long> pid = pid(name);
      String trouble = null;
      if (pid.isEmpty()) {
        trouble = "its process has ended";
      } else if (!registered.given()) {
        trouble = "the JobManager does not answer";
      } else if (registered.value() == 0) {
        trouble = "not registered with the JobManager";
      } else if (registered.value() < started.size()) {
        trouble = "%d of %d are registered".formatted(registered.value(), started.size());
      }
      components.put(
          name, new Component(pid.orElse(null), null, null, null, null, trouble == null, trouble));
    }
    return components;
  }

  private Optional<Long> pid(String component) {
    return PidFile.read(data.pidFile(component)).filter(Pid::alive).map(Pid::pid);
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

  private Optional<FlinkRest.Job> job() throws IOException {
    String id = StackInfo.read(data.root()).jobId();
    return id == null ? Optional.empty() : flink.job(id);
  }

  private Job running() throws IOException {
    Optional<FlinkRest.Job> found = job();
    if (found.isEmpty()) {
      return new Job(info.jobId(), null, false, "not on the cluster");
    }
    FlinkRest.Job job = found.get();
    return job.running()
        ? new Job(job.id(), job.state(), true, null)
        : new Job(
            job.id(),
            job.state(),
            false,
            flink.rootCause(job.id()).orElse("its tasks are starting"));
  }

  private DatabaseStatus database() throws SQLException {
    PGSimpleDataSource source = info.ownerDatabase();
    // Ends the thread of a query whose caller has given up.
    source.setConnectTimeout(2 * ANSWER_SECONDS);
    source.setSocketTimeout(2 * ANSWER_SECONDS);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select extract(epoch from scored_until) * 1000 as scored_until,
                  extract(epoch from clock_timestamp() - scored_until) as age,
                  extract(epoch from clock_timestamp()) * 1000 as now,
                  slot.active, slot.lag
                from engagement.scored_until
                left join (
                  select active, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) as lag
                  from pg_replication_slots where slot_name = '%s') as slot on true
                """
                    .formatted(SLOT))) {
      if (!row.next()) {
        return new DatabaseStatus(null, null, null, null, null);
      }
      long scoredUntil = row.getLong("scored_until");
      boolean scored = !row.wasNull();
      boolean active = row.getBoolean("active");
      boolean slot = !row.wasNull();
      return new DatabaseStatus(
          scored ? Instant.ofEpochMilli(scoredUntil) : null,
          scored ? row.getDouble("age") : null,
          slot ? active : null,
          slot ? row.getLong("lag") : null,
          Instant.ofEpochMilli(row.getLong("now")));
    }
  }

  private long deadLetters() throws IOException, InterruptedException {
    Topic topic = Topics.standard().deadLetters();
    Map<TopicPartition, OffsetSpec> begin = new HashMap<>();
    Map<TopicPartition, OffsetSpec> end = new HashMap<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      begin.put(new TopicPartition(topic.name(), partition), OffsetSpec.earliest());
      end.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
    }
    try (AdminClient admin = KafkaBroker.admin(info.kafkaBootstrap())) {
      return sum(admin, end) - sum(admin, begin);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  private static long sum(AdminClient admin, Map<TopicPartition, OffsetSpec> requested)
      throws InterruptedException, ExecutionException {
    return admin.listOffsets(requested).all().get().values().stream()
        .mapToLong(found -> found.offset())
        .sum();
  }

  /** How far each captured partition has been read; without those that had no tick yet. */
  private Map<TopicPartition, Instant> watermarks() throws IOException, InterruptedException {
    Optional<FlinkRest.Job> job = job();
    if (job.isEmpty() || job.get().ended()) {
      throw new IOException("no job runs");
    }
    String id = job.get().id();
    List<FlinkRest.Vertex> vertices = flink.vertices(id);
    flink.partitionWatermarks(id, vertices);
    TimeUnit.MILLISECONDS.sleep(METRICS_PAUSE.toMillis());
    Map<String, Instant> known = flink.partitionWatermarks(id, vertices);
    Map<TopicPartition, Instant> watermarks = new HashMap<>();
    for (TopicPartition partition : captured()) {
      Instant watermark =
          known.get(FlinkRest.partitionKey(partition.topic(), partition.partition()));
      if (watermark != null) {
        watermarks.put(partition, watermark);
      }
    }
    return watermarks;
  }

  private static List<TopicPartition> captured() {
    return Topics.standard().captured().stream()
        .flatMap(
            topic ->
                Stream.iterate(0, p -> p + 1)
                    .limit(topic.partitions())
                    .map(p -> new TopicPartition(topic.name(), p)))
        .toList();
  }

  private static Optional<Partition> least(Map<TopicPartition, Instant> read) {
    if (read.isEmpty()) {
      return Optional.empty();
    }
    return captured().stream()
        .min(Comparator.comparing(p -> read.getOrDefault(p, Instant.MIN)))
        .map(
            p ->
                new Partition(
                    p.topic(), p.partition(), read.containsKey(p) ? read.get(p).toString() : null));
  }

  private static Watermark watermark(
      Answer<DatabaseStatus> database, Map<TopicPartition, Instant> read, String why) {
    DatabaseStatus known =
        database.given() ? database.value() : new DatabaseStatus(null, null, null, null, null);
    boolean moves = known.ageSeconds() != null && known.ageSeconds() < STANDSTILL_SECONDS;
    return new Watermark(
        known.scoredUntil() == null ? null : known.scoredUntil().toString(),
        known.ageSeconds(),
        least(read).orElse(null),
        moves,
        moves ? null : why);
  }

  /** What keeps time from moving: the first along the way from the database to the scores. */
  private static String why(
      Component postgres,
      Component kafka,
      Component connect,
      Connector connector,
      Component jobManager,
      Component taskManager,
      Job job,
      Map<TopicPartition, Instant> read,
      Answer<DatabaseStatus> database) {
    if (!postgres.healthy()) {
      return "Postgres: " + postgres.trouble();
    }
    if (!kafka.healthy()) {
      return "Kafka: " + kafka.trouble();
    }
    if (!connect.healthy()) {
      return "Kafka Connect: " + connect.trouble();
    }
    if (!connector.healthy()) {
      return "the connector is %s and its task %s%s"
          .formatted(
              connector.state(),
              connector.task(),
              connector.trouble() == null ? "" : ": " + connector.trouble());
    }
    if (database.given() && !Boolean.TRUE.equals(database.value().slotActive())) {
      return "nothing reads from the replication slot " + SLOT;
    }
    if (!jobManager.healthy()) {
      return "Flink's JobManager: " + jobManager.trouble();
    }
    if (!taskManager.healthy()) {
      return "Flink's TaskManager: " + taskManager.trouble();
    }
    if (!job.healthy()) {
      return "the job is %s: %s".formatted(job.state(), job.trouble());
    }
    return least(read)
        .map(
            p ->
                p.watermark() == null
                    ? "no tick has come in partition %d of %s".formatted(p.partition(), p.topic())
                    : "partition %d of %s is complete up to %s only"
                        .formatted(p.partition(), p.topic(), p.watermark()))
        .orElse("the job has not said how far it has read");
  }

  private static Capture capture(
      Answer<DatabaseStatus> database, Map<TopicPartition, Instant> read) {
    if (!database.given() || database.value().slotActive() == null) {
      return null;
    }
    Double lag =
        read.values().stream()
            .max(Comparator.naturalOrder())
            .map(newest -> Duration.between(newest, database.value().now()).toMillis() / 1000.0)
            .map(seconds -> Math.max(0, seconds))
            .orElse(null);
    return new Capture(SLOT, database.value().slotActive(), database.value().lagBytes(), lag);
  }
}
