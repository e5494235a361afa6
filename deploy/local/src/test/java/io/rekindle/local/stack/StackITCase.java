package io.rekindle.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.Await;
import io.rekindle.local.stack.RekindleScript.CommandResult;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The real stack, started once by the script and treated badly. The tests run in order: each leaves
 * the stack running, the last ones stop and start it.
 */
@ExtendWith(SharedStack.Provider.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(SharedStack.FIRST)
class StackITCase {

  private static final JsonMapper JSON = new JsonMapper();

  private static final int WRITERS = 4;
  private static final int CONCURRENT_CHANGES = 4_000;

  /** A minute shows no more than this, unless somebody wants to see it. */
  private static final int STANDSTILL_SECONDS =
      Integer.getInteger("rekindle.standstill-seconds", 20);

  private SharedStack shared;
  private RunningStack stack;
  private Path data;
  private Path savepoint;

  @BeforeAll
  void start(SharedStack sharedStack) throws Exception {
    shared = sharedStack;
    shared.start();
    stack = shared.stack();
    data = stack.data();
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
    for (String component :
        new String[] {"postgres", "connect", "jobmanager", "dashboard", "sender"}) {
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
    stack.execute("insert into engagement.audiences (audience, filter) values ('everyone', '{}')");
    awaitAudienceChanges("everyone ENTERED ada");

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
    CommandResult verified = stack.run("verify");
    assertThat(verified.output()).contains("1 users checked, 0 differences");
    assertThat(verified.exitCode()).isZero();

    stack.execute("alter table shop.orders add column channel text");
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount, channel)"
            + " values ('ada-7', 'ada', 100, repeat('w', 3000000))");
    stack.execute("insert into shop.users (user_id, name) values ('long', repeat('n', 9000))");
    stack.await(
        "a large column that is not captured, and a long name",
        "select 1 from engagement.user_scores s join engagement.user_scores l"
            + " on l.user_id = 'long' where s.user_id = 'ada' and s.order_count = 4");
    stack.execute("delete from shop.users where user_id = 'long'");

    stack.execute("delete from shop.users where user_id = 'ada'");
    stack.await(
        "no score",
        "select 1 where not exists"
            + " (select 1 from engagement.user_scores where user_id = 'ada')");
    Await.until(
        "nothing is left to erase",
        RunningStack.SOON,
        () -> stack.value("select engagement.erase_user('ada')").equals("0"));
    awaitAudienceChanges("everyone ENTERED ada", "everyone LEFT ada");
    stack.execute("delete from engagement.audiences where audience = 'everyone'");
  }

  @Test
  @Order(4)
  void shouldTellHowItIs() throws Exception {
    Await.until("health", RunningStack.SOON, () -> stack.status().healthy());
    AtomicReference<CommandResult> answer = new AtomicReference<>();
    Await.until(
        "a status without trouble",
        RunningStack.SOON,
        () -> {
          answer.set(stack.run("status", "--json"));
          return answer.get().exitCode() == 0;
        });
    assertThat(answer.get().output())
        .contains(
            "\"uri\" : \"" + stack.info().postgresUri() + "\"",
            "\"bootstrap\" : \"" + stack.info().kafkaBootstrap() + "\"",
            "\"pid\" : " + stack.up().process().pid());
  }

  @Test
  @Order(5)
  void shouldRefuseASecondStackOnTheSameData() throws Exception {
    CommandResult outcome = stack.run("up", "--empty");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("already runs on " + data, "supervisor pid " + stack.up().process().pid());
  }

  /** As Flink and Kafka, for which FlinkClusterITCase and KafkaAccessITCase are. */
  @Test
  @Order(5)
  void shouldTakeAConnectorFromTheOwnerOfTheKeyOnly() throws Exception {
    String connectors = "/connectors";
    assertThat(new RestClient(stack.info().connectUrl(), stack.info().tls()).get(connectors))
        .hasSize(1);
    RestClient stranger = new RestClient(stack.info().connectUrl());
    assertThatThrownBy(() -> stranger.get(connectors)).isInstanceOf(IOException.class);
    HttpRequest.Builder inTheClear =
        HttpRequest.newBuilder(
                URI.create(
                    stack.info().connectUrl().replace("https:", "http:")
                        + connectors
                        + "/x/config"))
            .PUT(BodyPublishers.ofString("{}"));
    assertThatThrownBy(() -> request(inTheClear)).isInstanceOf(IOException.class);
    assertThat(request(HttpRequest.newBuilder(URI.create(stack.info().flinkUrl() + "/overview"))))
        .as("Flink's page is there for others")
        .contains("flink-version");
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
  void shouldEvaluateNoUserWhileConnectStandsStillAndOrdersGoOn() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of the changes while Connect stands still: " + seed);
    stack.signal("connect", "STOP");
    String stopped = stack.value("select clock_timestamp()");
    try (ShopLoad load = new ShopLoad(stack.owner(), seed)) {
      stack.execute("insert into shop.users (user_id) values ('cora')");
      Await.until(
          "the status says so",
          RunningStack.RECOVERY,
          () ->
              stack.statusSays(
                  "time stands still: Kafka Connect: its process is stopped by a signal"));
      assertThat(stack.run("verify", "--timeout", "1").exitCode()).isEqualTo(2);
      stack.await(
          "its time by the database's clock",
          RunningStack.RECOVERY.plusSeconds(STANDSTILL_SECONDS),
          "select 1 where clock_timestamp() > timestamptz '%s' + interval '%d s'"
              .formatted(stopped, STANDSTILL_SECONDS));
      Await.until("a load", RunningStack.RECOVERY, () -> load.changes() > 1_000);
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
        "cora is evaluated",
        RunningStack.RECOVERY,
        "select 1 from engagement.user_scores where user_id = 'cora'");
    stack.verifyAll();
  }

  @Test
  @Order(8)
  void shouldEvaluateNoUserWhileOnePartitionIsSilent() throws Exception {
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
    stack.await("dora is evaluated", "select 1 from engagement.user_scores where user_id = 'dora'");
    stack.verifyAll();
  }

  @Test
  @Order(9)
  void shouldKeepWhatItCannotReadAndTakeItOnceRepaired() throws Exception {
    stack.execute("insert into shop.users (user_id) values ('elsa')");
    stack.await("elsa is evaluated", "select 1 from engagement.user_scores where user_id = 'elsa'");
    KafkaLogin kafka = stack.info().kafka();
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
        () -> stack.status().deadLetters().count() >= reasons.size());
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
    // The shop gets the row below, so there is none yet that the replay could look for.
    deadLetters("replay", broken, "--value", repaired.toString(), "--force");
    stack.await(
        "the repaired order counts",
        "select 1 from engagement.user_scores where user_id = 'elsa' and order_count = 1");
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) values ('elsa-1', 'elsa', 10)");
    stack.verifyAll();
  }

  @Test
  @Order(10)
  void shouldSendWhatIsReadyAndTakeItForAContact() throws Exception {
    stack.execute(
        "update engagement.outreach_settings set quiet_from = '00:00', quiet_until = '00:00'");
    stack.execute(
        "insert into shop.users (user_id, email, marketing_consent)"
            + " values ('fay', 'fay@example.com', true)");
    stack.execute(
        "insert into engagement.emails (email_id, user_id, subject, text, html)"
            + " values ('fay-1', 'fay', 'Hello Fay', 'Hello there', '<p>Hello there</p>')");

    stack.await(
        "it is sent",
        "select 1 from engagement.emails where email_id = 'fay-1' and status = 'SENT'"
            + " and message_id = '<fay-1@shop.example>'");
    stack.await(
        "it counts as a contact",
        "select 1 from engagement.user_scores join engagement.emails using (user_id)"
            + " where user_id = 'fay' and last_contact_at = date_trunc('milliseconds', sent_at)");
    String mail = caughtFor("fay@example.com");
    assertThat(mail)
        .contains("Subject: Hello Fay", "Message-ID: <fay-1@shop.example>", "Hello there");

    Matcher link = Pattern.compile("List-Unsubscribe: <(http[^>]+)>").matcher(mail);
    assertThat(link.find()).isTrue();
    assertThat(link.group(1)).startsWith(stack.info().senderUrl() + "/unsubscribe/fay-1/");
    assertThat(request(HttpRequest.newBuilder(URI.create(link.group(1))).GET()))
        .contains("<button type=\"submit\">Unsubscribe</button>");
    assertThat(stack.rows("select 1 from engagement.suppressions where user_id = 'fay'")).isFalse();
    request(
        HttpRequest.newBuilder(URI.create(link.group(1)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("List-Unsubscribe=One-Click")));

    stack.execute(
        "insert into engagement.emails (email_id, user_id, subject, text)"
            + " values ('fay-2', 'fay', 'Hello again', 'Hello there')");
    stack.await(
        "the next one is cancelled",
        "select 1 from engagement.emails where email_id = 'fay-2' and status = 'CANCELLED'"
            + " and status_reason = 'SUPPRESSED'");
    stack.verifyAll();
  }

  @Test
  @Order(11)
  void shouldFollowTheRulesAsTheyChangeAndWriteWithoutAKey() throws Exception {
    stack.execute(
        """
        insert into shop.users (user_id, email, name, marketing_consent, preferred_categories)
          select 'gail-' || n, 'gail-' || n || '@example.com', 'Gail', true, '{books}'
          from generate_series(1, 8) n;
        insert into shop.orders (order_id, user_id, amount)
          select 'gail-' || n, 'gail-' || n, 40 from generate_series(1, 8) n;
        insert into engagement.emails (user_id, status, sent_at)
          select 'gail-' || n, 'SENT', now() - interval '10 days' from generate_series(6, 7) n;
        update engagement.outreach_settings
          set holdout_share = 1, quiet_from = '00:00', quiet_until = '00:00'""");
    lapse("gail-1", "now()");
    rules("holdout_share = 0");
    lapse("gail-2", "now()");
    lapse("gail-3", "now() - interval '20 days'");
    rules("enabled = false");
    lapse("gail-4", "now()");
    rules("enabled = true");
    lapse("gail-5", "now()");
    lapse("gail-6", "now()");
    rules("cooldown_days = 5");
    lapse("gail-7", "now()");
    String rules = stack.value("select to_jsonb(o) from engagement.outreach_settings o");
    stack.execute("delete from engagement.outreach_settings");
    lapse("gail-8", "now()");

    stack.await(
        "a decision of every kind",
        """
        select 1 from engagement.outreach_decisions where user_id like 'gail-%' having
          string_agg(decision || ' ' || reason, ', ' order by user_id) = 'HOLDOUT AT_RISK,'
            || ' EMAIL AT_RISK, SKIP STALE, SKIP PAUSED, EMAIL AT_RISK, SKIP RECENTLY_CONTACTED,'
            || ' EMAIL AT_RISK, SKIP PAUSED'""");
    stack.execute(
        "insert into engagement.outreach_settings select"
            + " (jsonb_populate_record(null::engagement.outreach_settings, '%s')).*"
                .formatted(rules.replace("'", "''")));
    stack.await(
        "three emails by the template, sent",
        """
        select 1 from engagement.emails where user_id like 'gail-%' and status = 'SENT'
          and generated_by = 'TEMPLATE' and fallback_reason is null and model_asked is null
          having string_agg(user_id, ' ' order by user_id) = 'gail-2 gail-5 gail-7'""");
    for (String user : List.of("gail-2", "gail-5", "gail-7")) {
      assertThat(caughtFor(user + "@example.com")).contains("Gail", "books");
      stack.await(
          "it counts as a contact",
          "select 1 from engagement.user_scores join engagement.emails using (user_id)"
              + " where user_id = '%s' and message_id is not null".formatted(user)
              + " and last_contact_at = date_trunc('milliseconds', sent_at)");
    }
    assertThat(
            stack.value(
                "select count(*) from engagement.emails where user_id like 'gail-%'"
                    + " and generated_by <> 'EXTERNAL'"))
        .isEqualTo("3");
    rules("cooldown_days = default, holdout_share = default");
    stack.verifyAll();
  }

  /** Puts somebody at risk by an override, as one tries things out. */
  private void lapse(String user, String since) throws Exception {
    stack.execute(
        "insert into engagement.score_overrides (user_id, score, set_at) values ('%s', 10, %s)"
            .formatted(user, since));
  }

  private void rules(String assignments) throws Exception {
    stack.execute("update engagement.outreach_settings set " + assignments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "taskmanager",
        "jobmanager",
        "connect",
        "kafka",
        "postgres and sender and mail",
        "connect and taskmanager",
      })
  @Order(12)
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
  @Order(13)
  void shouldMakeTheSameOfTheTopicsAgain() throws Exception {
    // Her order was repaired and came late: what it counts from depends on how far time had got.
    stack.execute("delete from shop.users where user_id = 'elsa'");
    stack.await(
        "elsa is gone",
        "select 1 where not exists"
            + " (select 1 from engagement.user_scores where user_id = 'elsa')");

    CommandResult replayed = stack.run("replay");

    assertThat(replayed.output()).contains(", 0 differences");
    assertThat(replayed.exitCode()).isZero();
    assertThat(stack.rows("select 1 from pg_database where datname = 'rekindle_shadow'")).isFalse();
  }

  @Test
  @Order(14)
  void shouldGoOnWhereItStoppedWithMorePartsAndAnotherStateBackend() throws Exception {
    stack.up().process().destroy();
    stack.up().waitFor();
    assertThat(data.resolve("run")).isEmptyDirectory();
    try (Stream<Path> savepoints = Files.list(data.resolve("flink/savepoints"))) {
      savepoint = savepoints.toList().get(0);
    }
    assertThat(data.resolve("flink/checkpoints")).isEmptyDirectory();
    assertThat(stack.run("status").exitCode()).isEqualTo(2);

    // With a model from here on, which the classes after this one need.
    stack.start(
        shared.model().environment(),
        "--parallelism",
        "4",
        "--task-managers",
        "2",
        "--state-backend",
        "rocksdb");

    assertThat(Files.readString(data.resolve("logs/supervisor.log")))
        .containsPattern("submitting job [0-9a-f]{32} from \\S+/savepoint-");
    stack.execute("insert into shop.users (user_id) values ('bea')");
    stack.await("bea has a row", "select 1 from engagement.user_scores where user_id = 'bea'");
    stack.verifyAll();
    assertThat(stack.value("select max(parallelism) from engagement.pipeline_progress"))
        .isEqualTo("4");
    assertThat(stack.status().moreTaskmanagers().get("taskmanager-2").healthy()).isTrue();
    // The shop was empty when capture began, so a row read by a snapshot means a second one.
    assertThat(snapshotTimes(Topics.standard().users())).isEmpty();
  }

  @Test
  @Order(15)
  void shouldEndWhatAKilledRunLeftBehindAndGoBackToASavepoint() throws Exception {
    ProcessHandle broker = stack.handle("kafka");
    ProcessHandle database = stack.handle("postgres");
    stack.up().process().destroyForcibly();
    stack.up().waitFor();
    assertThat(broker.isAlive()).isTrue();

    stack.start(
        stack.environment(),
        "--from",
        savepoint.toString(),
        "--parallelism",
        "2",
        "--task-managers",
        "1",
        "--state-backend",
        "hashmap");

    assertThat(broker.isAlive()).isFalse();
    assertThat(database.isAlive()).isFalse();
    assertThat(stack.up().output())
        .contains("ending kafka (pid " + broker.pid() + "), left behind by a run that was killed");
    assertThat(Files.readString(data.resolve("logs/supervisor.log")))
        .contains(" from " + savepoint + "\n");
    stack.verifyAll();
  }

  @Test
  @Order(16)
  void shouldSeeWhatIsDeletedWhileASnapshotIsTakenAnew() throws Exception {
    RestClient connect = new RestClient(stack.info().connectUrl(), stack.info().tls());
    String connector = "/connectors/rekindle";
    stack.execute("insert into shop.users (user_id) values ('flora')");
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount)"
            + " values ('flora-1', 'flora', 10), ('flora-2', 'flora', 20)");
    // The calendar changed in 1582, and zones had seconds until about 1900.
    stack.execute("alter database rekindle set timezone to 'Europe/Berlin'");
    stack.execute(
        "insert into shop.users (user_id) values ('old-1'), ('old-2'), ('old-3');"
            + " insert into shop.orders (order_id, user_id, placed_at, amount) values"
            + " ('old-1', 'old-1', '0001-01-01 00:00:00Z', 1),"
            + " ('old-2', 'old-2', '1582-10-10 00:00:00Z', 1),"
            + " ('old-3', 'old-3', '1883-11-18 12:00:00.123Z', 1)");
    String ancient =
        "select string_agg(last_order_at at time zone 'UTC' || '', ',' order by user_id)"
            + " from engagement.user_scores where user_id like 'old-_' and order_count = 1"
            + " having string_agg(last_order_at at time zone 'UTC' || '', ',' order by user_id)"
            + " = '0001-01-01 00:00:00,1582-10-10 00:00:00,1883-11-18 12:00:00.123'";
    stack.await("ancient orders from the stream", RunningStack.RECOVERY, ancient);
    stack.await(
        "two orders",
        "select 1 from engagement.user_scores where user_id = 'flora' and order_count = 2");

    connect.put(connector + "/stop", JsonNodeFactory.instance.objectNode());
    Await.until(
        "no session reads from the slot",
        RunningStack.SOON,
        () -> stack.rows("select 1 from pg_replication_slots where not active"));
    stack.execute("delete from shop.orders where order_id = 'flora-1'");
    connect.delete(connector + "/offsets");
    connect.put(connector + "/resume", JsonNodeFactory.instance.objectNode());

    stack.await(
        "one order",
        RunningStack.RECOVERY,
        "select 1 from engagement.user_scores where user_id = 'flora' and order_count = 1");
    stack.verifyAll();
    assertThat(stack.rows(ancient)).isTrue();
    stack.execute("alter database rekindle reset timezone");
    List<Long> times = snapshotTimes(Topics.standard().users());
    assertThat(times).isNotEmpty();
    times.addAll(snapshotTimes(Topics.standard().orders()));
    assertThat(times)
        .as("the job evaluates a user once for all rows of a snapshot")
        .allMatch(times.get(0)::equals);
  }

  /** The only mail to an address, as the mail catcher got it. */
  private String caughtFor(String address) throws IOException, InterruptedException {
    String messages =
        request(
            HttpRequest.newBuilder(
                URI.create(stack.info().mailUrl() + "/api/user/" + address + "/messages/INBOX")));
    JsonNode found = JSON.readTree(messages);
    assertThat(found).hasSize(1);
    return found.get(0).get("mimeMessage").asText().replaceAll("\r\n[ \t]", " ");
  }

  private static String request(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private String deadLetters(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("dead-letters"));
    command.addAll(List.of(arguments));
    CommandResult outcome = stack.run(command.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  /** As a consumer of the topic sees who enters and leaves audiences. */
  private void awaitAudienceChanges(String... expected) throws Exception {
    Await.until(
        "audience changes: " + String.join(", ", expected),
        RunningStack.SOON,
        () -> {
          List<String> changes = new ArrayList<>();
          for (String event : events(Topics.standard().audienceChanges())) {
            JsonNode change = JSON.readTree(event);
            if (change.path("op").asText().equals("c")) {
              JsonNode row = change.get("after");
              changes.add(
                  String.join(
                      " ",
                      row.get("audience").asText(),
                      row.get("change").asText(),
                      row.get("user_id").asText()));
            }
          }
          return changes.equals(List.of(expected));
        });
  }

  /** The time of each row in a topic that a snapshot has read. */
  private List<Long> snapshotTimes(Topic topic) throws IOException {
    List<Long> times = new ArrayList<>();
    for (String event : events(topic)) {
      // Not every event in the topic is one that capture wrote.
      if (event.contains("\"op\":\"r\"")) {
        times.add(JSON.readTree(event).path("source").path("ts_ms").asLong());
      }
    }
    return times;
  }

  /** The values in a topic, an empty one for null; each partition in its order. */
  private List<String> events(Topic topic) {
    Map<String, Object> settings = stack.info().kafka().settings();
    List<String> events = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(partition -> new TopicPartition(topic.name(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
      while (end.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(200))) {
          events.add(found.value() == null ? "" : new String(found.value(), UTF_8));
        }
      }
    }
    return events;
  }
}
