package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.Await;
import io.rekindle.local.stack.RekindleScript.Outcome;
import io.rekindle.local.stack.RekindleScript.Running;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The real stack, started once by the script and treated badly. The tests run in order: each leaves
 * the stack running, the last ones stop and start it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StackITCase {

  private static final Duration RECOVERY = Duration.ofMinutes(2);
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int WRITERS = 4;
  private static final int CONCURRENT_CHANGES = 4_000;

  private Path data;
  private Running up;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    data = temporary.resolve("data");
    startStack();
  }

  @AfterAll
  void stop() throws Exception {
    if (up != null) {
      up.process().destroy();
      try {
        up.waitFor();
      } finally {
        // What is left if the supervisor could not do it any more.
        RekindleScript.run("down", "--data", data.toString());
      }
    }
  }

  @Test
  @Order(1)
  void shouldPrintNothingButStepsBeforeReady() {
    assertThat(up.output()).doesNotContainIgnoringCase("warn", "exception", "error");
    assertThat(up.output().lines().reduce((first, last) -> last).orElseThrow())
        .startsWith("READY ")
        .contains(StackInfo.read(data).postgresUri(), StackInfo.read(data).kafkaBootstrap());
  }

  @Test
  @Order(2)
  void shouldKeepPasswordsToTheOwner() throws Exception {
    for (String file : new String[] {"settings.json", "stack.json"}) {
      assertThat(Files.getPosixFilePermissions(data.resolve(file))).hasSize(2);
    }
    String password = StackInfo.read(data).owner().password();
    for (String component : new String[] {"postgres", "connect", "jobmanager", "dashboard"}) {
      assertThat(handle(component).info().commandLine().orElseThrow()).doesNotContain(password);
    }
  }

  @Test
  @Order(3)
  void shouldScoreWhatIsInsertedUpdatedAndDeleted() throws Exception {
    execute("insert into shop.users (user_id, email) values ('ada', 'ada@example.com')");
    await(
        "ada is a prospect",
        "select 1 from engagement.user_scores where user_id = 'ada'"
            + " and segment = 'PROSPECT' and score is null");

    execute(
        "insert into shop.orders (order_id, user_id, placed_at, amount)"
            + " select 'ada-' || n, 'ada', now() - n * interval '30 days', 100 from"
            + " generate_series(1, 6) as n");
    await(
        "six orders",
        "select 1 from engagement.user_scores where user_id = 'ada'"
            + " and order_count = 6 and score is not null");

    execute("update shop.orders set refunded_amount = amount where order_id = 'ada-1'");
    await(
        "one refunded",
        "select 1 from engagement.user_scores where user_id = 'ada'" + " and order_count = 5");

    execute("delete from shop.orders where order_id in ('ada-2', 'ada-3')");
    await(
        "two deleted",
        "select 1 from engagement.user_scores where user_id = 'ada'" + " and order_count = 3");
    verifyAll();

    execute("delete from shop.users where user_id = 'ada'");
    await(
        "no score",
        "select 1 where not exists"
            + " (select 1 from engagement.user_scores where user_id = 'ada')");
  }

  @Test
  @Order(4)
  void shouldTellHowItIs() throws Exception {
    Outcome outcome = RekindleScript.run("status", "--json", "--data", data.toString());

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output())
        .contains(
            "\"uri\" : \"" + StackInfo.read(data).postgresUri() + "\"",
            "\"bootstrap\" : \"" + StackInfo.read(data).kafkaBootstrap() + "\"",
            "\"pid\" : " + up.process().pid());
  }

  @Test
  @Order(5)
  void shouldRefuseASecondStackOnTheSameData() throws Exception {
    Outcome outcome = RekindleScript.run("up", "--empty", "--data", data.toString());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("already runs on " + data, "supervisor pid " + up.process().pid());
  }

  @Test
  @Order(6)
  void shouldBeExactAfterThousandsOfConcurrentTransactions() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the concurrent transactions: " + seed);
    List<ShopLoad> loads = new ArrayList<>();
    try {
      for (int i = 0; i < WRITERS; i++) {
        loads.add(new ShopLoad(owner(), seed + i));
      }
      Await.until(
          "thousands of changes",
          RECOVERY,
          () -> loads.stream().mapToInt(ShopLoad::changes).sum() > CONCURRENT_CHANGES);
    } finally {
      loads.forEach(ShopLoad::close);
    }
    verifyAll();
  }

  @Test
  @Order(7)
  void shouldJudgeNobodyWhileConnectStandsStill() throws Exception {
    long connect = handle("connect").pid();
    signal(connect, "STOP");
    try {
      execute("insert into shop.users (user_id) values ('cora')");
      Await.until(
          "the status says so", RECOVERY, () -> statusSays("time stands still: Kafka Connect"));
      assertThat(rows("select 1 from engagement.user_scores where user_id = 'cora'")).isFalse();
    } finally {
      signal(connect, "CONT");
    }
    await("cora is judged", "select 1 from engagement.user_scores where user_id = 'cora'");
    verifyAll();
  }

  @Test
  @Order(8)
  void shouldJudgeNobodyWhileOnePartitionIsSilent() throws Exception {
    String topic = Topics.standard().orders().name();
    String partition = " where topic = '" + topic + "' and partition = 2";
    execute("delete from engagement.clock" + partition);
    try {
      execute("insert into shop.users (user_id) values ('dora')");
      Await.until(
          "the status says which",
          RECOVERY,
          () -> statusSays("held back by partition 2 of " + topic) && statusSays("stands still"));
      assertThat(rows("select 1 from engagement.user_scores where user_id = 'dora'")).isFalse();
    } finally {
      execute("insert into engagement.clock (topic, partition) values ('" + topic + "', 2)");
    }
    await("dora is judged", "select 1 from engagement.user_scores where user_id = 'dora'");
    verifyAll();
  }

  @Test
  @Order(9)
  void shouldKeepWhatItCannotReadAndTakeItOnceRepaired() throws Exception {
    execute("insert into shop.users (user_id) values ('elsa')");
    await("elsa is judged", "select 1 from engagement.user_scores where user_id = 'elsa'");
    String kafka = StackInfo.read(data).kafkaBootstrap();
    MalformedEvents malformed = new MalformedEvents();
    Map<String, String> reasons = new HashMap<>();
    for (MalformedEvents.Event event : malformed.all()) {
      reasons.put(MalformedEvents.send(kafka, event), event.reason());
    }
    String sound = malformed.order("elsa-1", "elsa");
    String broken =
        MalformedEvents.send(
            kafka,
            new MalformedEvents.Event(
                "WRONG_TYPE",
                Topics.standard().orders().name(),
                "{\"order_id\":\"elsa-1\"}",
                sound.replace("10.00", "ten")));
    reasons.put(broken, "WRONG_TYPE");

    Await.until(
        "all are dead letters",
        SOON,
        () ->
            deadLetters("list").lines().filter(line -> line.contains("rekindle.")).count()
                >= reasons.size());
    String listed = deadLetters("list");
    reasons.forEach(
        (id, reason) ->
            assertThat(listed.lines().filter(line -> line.contains(id)))
                .as(id)
                .singleElement()
                .asString()
                .contains(reason));
    verifyAll();

    Path repaired = Files.writeString(data.resolveSibling("repaired.json"), sound);
    deadLetters("replay", broken, "--value", repaired.toString());
    await(
        "the repaired order counts",
        "select 1 from engagement.user_scores where user_id = 'elsa' and order_count = 1");
    execute("insert into shop.orders (order_id, user_id, amount) values ('elsa-1', 'elsa', 10)");
    verifyAll();
  }

  @ParameterizedTest
  @ValueSource(strings = {"taskmanager", "jobmanager", "connect", "kafka", "postgres"})
  @Order(10)
  void shouldRecoverByItselfFromTheDeathOf(String component) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the changes while " + component + " dies: " + seed);
    ProcessHandle victim = handle(component);
    try (ShopLoad load = new ShopLoad(owner(), seed)) {
      Await.until("the load runs", SOON, () -> load.changes() > 50);
      victim.destroyForcibly();
      Await.until(component + " is back", RECOVERY, () -> handle(component).pid() != victim.pid());
      Instant back = Instant.now();
      Await.until("all is well again", RECOVERY, () -> isHealthySince(back));
    }
    verifyAll();
  }

  @Test
  @Order(11)
  void shouldGoOnWhereItStopped() throws Exception {
    up.process().destroy();
    up.waitFor();
    assertThat(data.resolve("run")).isEmptyDirectory();
    assertThat(data.resolve("flink/savepoints")).isDirectoryContaining("glob:**/savepoint-*");
    assertThat(data.resolve("flink/checkpoints")).isEmptyDirectory();
    assertThat(RekindleScript.run("status", "--data", data.toString()).exitCode()).isEqualTo(2);

    startStack();

    assertThat(Files.readString(data.resolve("logs/supervisor.log")))
        .containsPattern("submitting job [0-9a-f]{32} from \\S+/savepoint-");
    execute("insert into shop.users (user_id) values ('bea')");
    await("bea has a row", "select 1 from engagement.user_scores where user_id = 'bea'");
    verifyAll();
    // The shop was empty when capture began, so a row read by a snapshot means a second one.
    assertThat(snapshotRows(Topics.standard().users().name())).isZero();
  }

  @Test
  @Order(12)
  void shouldEndWhatAKilledRunLeftBehind() throws Exception {
    ProcessHandle broker = handle("kafka");
    ProcessHandle database = handle("postgres");
    up.process().destroyForcibly();
    up.waitFor();
    assertThat(broker.isAlive()).isTrue();

    startStack();

    assertThat(broker.isAlive()).isFalse();
    assertThat(database.isAlive()).isFalse();
    assertThat(up.output())
        .contains("ending kafka (pid " + broker.pid() + "), left behind by a run that was killed");
    verifyAll();
  }

  private void startStack() throws Exception {
    up = RekindleScript.start("up", "--empty", "--data", data.toString());
    Await.until(
        "READY, after\n" + up.output(),
        START,
        () -> {
          if (!up.process().isAlive()) {
            throw new AssertionError("ended before it was ready:\n" + up.output());
          }
          return up.output().contains("\nREADY ");
        });
  }

  private ProcessHandle handle(String component) {
    return PidFile.read(new DataDirectory(data).pidFile(component))
        .flatMap(Pid::handle)
        .orElseThrow(() -> new IllegalStateException(component + " does not run"));
  }

  private boolean isHealthySince(Instant instant) {
    StackStatus status =
        new StatusCollector(new DataDirectory(data), StackInfo.read(data)).collect();
    return status.healthy() && Instant.parse(status.watermark().scoredUntil()).isAfter(instant);
  }

  private boolean statusSays(String words) throws IOException, InterruptedException {
    return RekindleScript.run("status", "--data", data.toString()).output().contains(words);
  }

  private String deadLetters(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("dead-letters"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data", data.toString()));
    Outcome outcome = RekindleScript.run(command.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  private static void signal(long pid, String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
  }

  private void verifyAll() throws IOException, InterruptedException {
    Outcome outcome = RekindleScript.run("verify", "--data", data.toString());
    assertThat(outcome.output()).contains("users checked, 0 differences");
    assertThat(outcome.exitCode()).isZero();
  }

  private void await(String description, String query) throws InterruptedException {
    Await.until(description, SOON, () -> rows(query));
  }

  private boolean rows(String query) throws SQLException {
    try (Connection connection = owner().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = owner().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private PGSimpleDataSource owner() {
    StackInfo info = StackInfo.read(data);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(info.jdbcUrl());
    source.setUser(info.owner().user());
    source.setPassword(info.owner().password());
    return source;
  }

  private long snapshotRows(String topic) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", StackInfo.read(data).kafkaBootstrap());
    long rows = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
      while (end.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(200))) {
          if (new String(found.value(), StandardCharsets.UTF_8).contains("\"op\":\"r\"")) {
            rows++;
          }
        }
      }
    }
    return rows;
  }
}
