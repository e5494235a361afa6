package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.Await;
import io.rekindle.local.stack.RekindleScript.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * The real stack, started once by the script and treated badly. The tests run in order: each leaves
 * the stack running, the last ones stop and start it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StackITCase {

  private static final int WRITERS = 4;
  private static final int CONCURRENT_CHANGES = 4_000;

  private Path data;
  private RunningStack stack;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    data = temporary.resolve("data");
    stack = new RunningStack(data);
    stack.start();
  }

  @AfterAll
  void stop() throws Exception {
    stack.stop();
  }

  @Test
  @Order(1)
  void shouldPrintNothingButStepsBeforeReady() {
    assertThat(stack.up().output()).doesNotContainIgnoringCase("warn", "exception", "error");
    assertThat(stack.up().output().lines().reduce((first, last) -> last).orElseThrow())
        .startsWith("READY ")
        .contains(stack.info().postgresUri(), stack.info().kafkaBootstrap());
  }

  @Test
  @Order(2)
  void shouldKeepPasswordsToTheOwner() throws Exception {
    for (String file : new String[] {"settings.json", "stack.json"}) {
      assertThat(Files.getPosixFilePermissions(data.resolve(file))).hasSize(2);
    }
    String password = stack.info().owner().password();
    for (String component : new String[] {"postgres", "connect", "jobmanager", "dashboard", "sender"}) {
      assertThat(stack.handle(component).info().commandLine().orElseThrow())
          .doesNotContain(password);
    }
  }

  @Test
  @Order(3)
  void shouldScoreWhatIsInsertedUpdatedAndDeleted() throws Exception {
    stack.execute("insert into shop.users (user_id, email) values ('ada', 'ada@example.com')");
    stack.await(
        "ada is a prospect",
        "select 1 from engagement.user_scores where user_id = 'ada'"
            + " and segment = 'PROSPECT' and score is null");

    stack.execute(
        "insert into shop.orders (order_id, user_id, placed_at, amount)"
            + " select 'ada-' || n, 'ada', now() - n * interval '30 days', 100 from"
            + " generate_series(1, 6) as n");
    stack.await(
        "six orders",
        "select 1 from engagement.user_scores where user_id = 'ada'"
            + " and order_count = 6 and score is not null");

    stack.execute("update shop.orders set refunded_amount = amount where order_id = 'ada-1'");
    stack.await(
        "one refunded",
        "select 1 from engagement.user_scores where user_id = 'ada'" + " and order_count = 5");

    stack.execute("delete from shop.orders where order_id in ('ada-2', 'ada-3')");
    stack.await(
        "two deleted",
        "select 1 from engagement.user_scores where user_id = 'ada'" + " and order_count = 3");
    stack.verifyAll();

    stack.execute("delete from shop.users where user_id = 'ada'");
    stack.await(
        "no score",
        "select 1 where not exists"
            + " (select 1 from engagement.user_scores where user_id = 'ada')");
  }

  @Test
  @Order(4)
  void shouldTellHowItIs() throws Exception {
    Outcome outcome = stack.run("status", "--json");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.output())
        .contains(
            "\"uri\" : \"" + stack.info().postgresUri() + "\"",
            "\"bootstrap\" : \"" + stack.info().kafkaBootstrap() + "\"",
            "\"pid\" : " + stack.up().process().pid());
  }

  @Test
  @Order(5)
  void shouldRefuseASecondStackOnTheSameData() throws Exception {
    Outcome outcome = stack.run("up", "--empty");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("already runs on " + data, "supervisor pid " + stack.up().process().pid());
  }

  @Test
  @Order(6)
  void shouldBeExactAfterThousandsOfConcurrentTransactions() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the concurrent transactions: " + seed);
    List<ShopLoad> loads = new ArrayList<>();
    try {
      for (int i = 0; i < WRITERS; i++) {
        loads.add(new ShopLoad(stack.owner(), seed + i));
      }
      Await.until(
          "thousands of changes",
          RunningStack.RECOVERY,
          () -> loads.stream().mapToInt(ShopLoad::changes).sum() > CONCURRENT_CHANGES);
    } finally {
      loads.forEach(ShopLoad::close);
    }
    stack.verifyAll();
  }

  @Test
  @Order(7)
  void shouldJudgeNobodyWhileConnectStandsStillForAMinuteOfOrders() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the changes while Connect stands still: " + seed);
    stack.signal("connect", "STOP");
    String stopped = stack.value("select clock_timestamp()");
    try (ShopLoad load = new ShopLoad(stack.owner(), seed)) {
      stack.execute("insert into shop.users (user_id) values ('cora')");
      Await.until(
          "the status says so",
          RunningStack.RECOVERY,
          () -> stack.statusSays("time stands still: Kafka Connect: no answer"));
      assertThat(stack.run("verify", "--patience", "1").exitCode()).isEqualTo(2);
      stack.await(
          "a minute by the database's clock",
          RunningStack.RECOVERY,
          "select 1 where clock_timestamp() > timestamptz '%s' + interval '60 s'"
              .formatted(stopped));
      assertThat(load.changes()).isGreaterThan(1_000);
      assertThat(
              stack.value(
                  "select max(as_of) <= '%s' from engagement.user_scores".formatted(stopped)))
          .isEqualTo("t");
      assertThat(
              stack.value(
                  "select max(as_of) <= '%s' from engagement.score_history".formatted(stopped)))
          .isEqualTo("t");
      assertThat(stack.rows("select 1 from engagement.user_scores where user_id = 'cora'"))
          .isFalse();
    } finally {
      stack.signal("connect", "CONT");
    }
    stack.await(
        "cora is judged",
        RunningStack.RECOVERY,
        "select 1 from engagement.user_scores where user_id = 'cora'");
    stack.verifyAll();
  }

  @Test
  @Order(8)
  void shouldJudgeNobodyWhileOnePartitionIsSilent() throws Exception {
    String topic = Topics.standard().orders().name();
    String partition = " where topic = '" + topic + "' and partition = 2";
    stack.execute("delete from engagement.clock" + partition);
    try {
      stack.execute("insert into shop.users (user_id) values ('dora')");
      Await.until(
          "the status says which",
          RunningStack.RECOVERY,
          () ->
              stack.statusSays("held back by partition 2 of " + topic)
                  && stack.statusSays("stands still"));
      assertThat(stack.rows("select 1 from engagement.user_scores where user_id = 'dora'"))
          .isFalse();
    } finally {
      stack.execute("insert into engagement.clock (topic, partition) values ('" + topic + "', 2)");
    }
    stack.await("dora is judged", "select 1 from engagement.user_scores where user_id = 'dora'");
    stack.verifyAll();
  }

  @Test
  @Order(9)
  void shouldKeepWhatItCannotReadAndTakeItOnceRepaired() throws Exception {
    stack.execute("insert into shop.users (user_id) values ('elsa')");
    stack.await("elsa is judged", "select 1 from engagement.user_scores where user_id = 'elsa'");
    String kafka = stack.info().kafkaBootstrap();
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
        RunningStack.SOON,
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
    stack.verifyAll();

    Path repaired = Files.writeString(data.resolveSibling("repaired.json"), sound);
    deadLetters("replay", broken, "--value", repaired.toString());
    stack.await(
        "the repaired order counts",
        "select 1 from engagement.user_scores where user_id = 'elsa' and order_count = 1");
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) values ('elsa-1', 'elsa', 10)");
    stack.verifyAll();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "taskmanager",
        "jobmanager",
        "connect",
        "kafka",
        "postgres",
        "connect and taskmanager",
      })
  @Order(10)
  void shouldRecoverByItselfFromTheDeathOf(String components) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the changes while " + components + " dies: " + seed);
    Map<String, ProcessHandle> victims = new HashMap<>();
    for (String component : components.split(" and ", -1)) {
      victims.put(component, stack.handle(component));
    }
    try (ShopLoad load = new ShopLoad(stack.owner(), seed)) {
      Await.until("the load runs", RunningStack.SOON, () -> load.changes() > 50);
      victims.values().forEach(ProcessHandle::destroyForcibly);
      Await.until(
          components + " is back",
          RunningStack.RECOVERY,
          () ->
              victims.entrySet().stream()
                  .noneMatch(dead -> stack.handle(dead.getKey()).equals(dead.getValue())));
      Instant back = Instant.now();
      Await.until("all is well again", RunningStack.RECOVERY, () -> stack.isHealthySince(back));
    }
    stack.verifyAll();
  }

  @Test
  @Order(11)
  void shouldGoOnWhereItStopped() throws Exception {
    stack.up().process().destroy();
    stack.up().waitFor();
    assertThat(data.resolve("run")).isEmptyDirectory();
    assertThat(data.resolve("flink/savepoints")).isDirectoryContaining("glob:**/savepoint-*");
    assertThat(data.resolve("flink/checkpoints")).isEmptyDirectory();
    assertThat(stack.run("status").exitCode()).isEqualTo(2);

    stack.start();

    assertThat(Files.readString(data.resolve("logs/supervisor.log")))
        .containsPattern("submitting job [0-9a-f]{32} from \\S+/savepoint-");
    stack.execute("insert into shop.users (user_id) values ('bea')");
    stack.await("bea has a row", "select 1 from engagement.user_scores where user_id = 'bea'");
    stack.verifyAll();
    // The shop was empty when capture began, so a row read by a snapshot means a second one.
    assertThat(snapshotRows(Topics.standard().users().name())).isZero();
  }

  @Test
  @Order(12)
  void shouldEndWhatAKilledRunLeftBehind() throws Exception {
    ProcessHandle broker = stack.handle("kafka");
    ProcessHandle database = stack.handle("postgres");
    stack.up().process().destroyForcibly();
    stack.up().waitFor();
    assertThat(broker.isAlive()).isTrue();

    stack.start();

    assertThat(broker.isAlive()).isFalse();
    assertThat(database.isAlive()).isFalse();
    assertThat(stack.up().output())
        .contains("ending kafka (pid " + broker.pid() + "), left behind by a run that was killed");
    stack.verifyAll();
  }

  private String deadLetters(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("dead-letters"));
    command.addAll(List.of(arguments));
    Outcome outcome = stack.run(command.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  private long snapshotRows(String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", stack.info().kafkaBootstrap());
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
