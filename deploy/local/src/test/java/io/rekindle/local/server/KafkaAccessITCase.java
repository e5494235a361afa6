package io.rekindle.local.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.kafka.KafkaAccess;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.replay.DeadLetterReplay;
import io.rekindle.local.Await;
import io.rekindle.local.deadletters.DeadLetterLog;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rights of each part at a broker with the keys that containers have. */
class KafkaAccessITCase {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Topics TOPICS = Topics.standard();

  @TempDir private static Path directory;

  private static Path keys;
  private static KafkaBroker kafka;
  private static StartedServer broker;

  @BeforeAll
  static void start() throws Exception {
    keys = ShippedKeys.forContainers(directory);

    DataDirectory data = StartedServer.data(directory.resolve("data"));
    Map<Port, Integer> ports = Port.choose(Map.of(), Map.of(), report -> {});
    StackKey key = StackKey.readOrCreate(data);
    kafka =
        new KafkaBroker(
            data,
            StackSettings.readOrCreate(data),
            key,
            ports.get(Port.KAFKA),
            ports.get(Port.KAFKA_CONTROLLER),
            StartedServer.installation());
    kafka.configure(StartedServer.installation());
    Path config = data.config("kafka.properties");
    Files.writeString(
        config,
        Files.readString(config)
            .replace(key.directory().toString(), keys.resolve("kafka").toString())
            .replace(
                key.password(),
                Files.readString(keys.resolve("kafka").resolve("keystore.password")))
            .replace(
                "super.users=User:CN=rekindle",
                "super.users=User:CN=rekindle-kafka;User:CN=rekindle-setup"));
    kafka.initialise();
    broker =
        StartedServer.start(
            new Server() {
              @Override
              public ProcessSpec process() {
                return kafka.process();
              }

              @Override
              public void check() throws IOException {
                try (AdminClient admin = admin("setup")) {
                  admin.describeCluster().nodes().get();
                } catch (InterruptedException | ExecutionException e) {
                  throw new IOException(e);
                }
              }
            },
            data);
    try (AdminClient admin = admin("setup")) {
      TOPICS.create(admin);
      KafkaAccess.grant(admin, TOPICS);
      awaitRights(admin);
    }
    assertThat(written("setup", names(TOPICS.all()))).hasSameSizeAs(TOPICS.all());
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void shouldKeepExactlyTheListedRights() throws Exception {
    try (AdminClient admin = admin("setup")) {
      admin
          .createAcls(KafkaAccess.of(TOPICS.withPrefix("other")).stream().limit(3).toList())
          .all()
          .get();
      Await.until(
          "the other rights are known",
          SOON,
          () -> rights(admin).size() > KafkaAccess.of(TOPICS).size());

      KafkaAccess.grant(admin, TOPICS);
      awaitRights(admin);
    }
  }

  @Test
  void shouldKnowNobodyWithoutAKey() {
    assertThatThrownBy(
            () -> {
              try (AdminClient admin =
                  KafkaBroker.admin(
                      new KafkaLogin(kafka.bootstrap(), null), Duration.ofSeconds(3))) {
                admin.listTopics().names().get();
              }
            })
        .isInstanceOf(ExecutionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "job", "dashboard"})
  void shouldWriteAndReadWhatThePartNeedsAndNothingElse(String part) throws Exception {
    Set<String> written = written(part, names(TOPICS.all()));
    Set<String> read = read(part, names(TOPICS.all()));
    Set<String> captured = names(TOPICS.captured());
    Set<String> expectedWritten = new HashSet<>();
    Set<String> expectedRead = new HashSet<>();
    switch (part) {
      case "connect" -> {
        expectedWritten.addAll(captured);
        expectedWritten.addAll(names(TOPICS.forOthers()));
        expectedWritten.add(TOPICS.heartbeat().name());
      }
      case "job" -> {
        expectedRead.addAll(captured);
        expectedRead.add(TOPICS.outreach().name());
        expectedWritten.addAll(
            names(List.of(TOPICS.outreach(), TOPICS.scoreChanges(), TOPICS.deadLetters())));
      }
      default -> {
        expectedWritten.addAll(captured);
        expectedWritten.add(TOPICS.outreach().name());
        expectedRead.add(TOPICS.deadLetters().name());
      }
    }
    assertThat(written).as(part + " writes").isEqualTo(expectedWritten);
    assertThat(read).as(part + " reads").isEqualTo(expectedRead);
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect", "job", "dashboard"})
  void shouldNotLetAPartChangeTopicsOrRights(String part) throws Exception {
    try (AdminClient admin = admin(part)) {
      assertRefused(() -> admin.createTopics(List.of(new NewTopic("mine", 1, (short) 1))).all());
      assertRefused(() -> admin.deleteTopics(List.of(TOPICS.orders().name())).all());
      assertRefused(() -> admin.createAcls(KafkaAccess.of(TOPICS)).all());
      assertRefused(() -> admin.describeAcls(AclBindingFilter.ANY).values());
    }
  }

  @Test
  void shouldLetConnectMakeItsOwnTopicsAlone() throws Exception {
    String configs = "rekindle.connect-configs";
    try (AdminClient connect = admin("connect")) {
      // The controller takes rights up a moment after it has stored them.
      Await.until(
          "Connect makes its topic",
          SOON,
          () -> {
            connect.createTopics(List.of(new NewTopic(configs, 1, (short) 1))).all().get();
            return true;
          });
    }
    assertThat(written("connect", Set.of(configs))).containsExactly(configs);
    assertThat(read("connect", Set.of(configs))).containsExactly(configs);
    for (String part : List.of("job", "dashboard")) {
      assertThat(written(part, Set.of(configs))).as(part + " configures connectors").isEmpty();
      assertThat(read(part, Set.of(configs))).as(part + " reads connectors").isEmpty();
    }
  }

  /** The second job of a replay has a group of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"rekindle-job", "rekindle-shadow"})
  void shouldLetTheJobShowItsOffsets(String group) throws Exception {
    TopicPartition partition = TOPICS.orders().topicPartitions().get(0);
    Map<String, Object> settings = login("job").settings(Map.of("group.id", group));
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
      assertThat(consumer.committed(Set.of(partition)).get(partition).offset()).isZero();
    }
  }

  @Test
  void shouldLetTheJobAskForPartitions() throws Exception {
    try (AdminClient admin = admin("job")) {
      assertThat(names(TOPICS.existing(admin).captured())).isEqualTo(names(TOPICS.captured()));
    }
  }

  /** As the dashboard and `rekindle dead-letters` do it, and with the key of the dashboard. */
  @Test
  void shouldLetADeadLetterBeReplayed() throws Exception {
    TopicPartition origin = TOPICS.orders().topicPartitions().get(0);
    DeadLetter letter =
        new DeadLetter(
            origin.topic(),
            origin.partition(),
            7,
            1,
            "key".getBytes(UTF_8),
            "value".getBytes(UTF_8),
            DeadLetterReason.WRONG_TYPE,
            "amount is no number",
            "1");
    try (KafkaProducer<byte[], byte[]> job =
        new KafkaProducer<>(
            login("job").settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      job.send(letter.toRecord(TOPICS.deadLetters().name())).get();
    }
    List<DeadLetter> stored = new ArrayList<>();
    new DeadLetterLog(
            login("dashboard"), TOPICS.deadLetters().name(), Progress.onStandardErrorIfSlow())
        .forEach(stored::add, problem -> {});

    try (KafkaProducer<byte[], byte[]> dashboard =
        new KafkaProducer<>(
            login("dashboard").settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      assertThat(new DeadLetterReplay(dashboard).send(stored.get(stored.size() - 1)))
          .startsWith(origin.topic() + "-" + origin.partition() + "-");
    }
  }

  /** The broker takes rights up a moment after the controller has stored them. */
  private static void awaitRights(AdminClient admin) throws InterruptedException {
    Set<AclBinding> listed = new HashSet<>(KafkaAccess.of(TOPICS));
    Await.until("the listed rights hold", SOON, () -> rights(admin).equals(listed));
  }

  private static Set<AclBinding> rights(AdminClient admin) throws Exception {
    return new HashSet<>(admin.describeAcls(AclBindingFilter.ANY).values().get());
  }

  private interface Request {
    KafkaFuture<?> send();
  }

  private static void assertRefused(Request request) {
    assertThatThrownBy(() -> request.send().get()).hasCauseInstanceOf(AuthorizationException.class);
  }

  /** The topics in which a part may store a record. */
  private static Set<String> written(String part, Set<String> topics) throws InterruptedException {
    Set<String> written = new HashSet<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            login(part).settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (String topic : topics) {
        try {
          producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
          written.add(topic);
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(AuthorizationException.class);
        }
      }
    }
    return written;
  }

  /** The topics whose first record a part can read. */
  private static Set<String> read(String part, Set<String> topics) {
    Set<String> read = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            login(part).settings(Map.of("auto.offset.reset", "earliest")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      for (String topic : topics) {
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        try {
          consumer.seek(partition, 0);
          while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
            // Until there is an answer.
          }
          read.add(topic);
        } catch (AuthorizationException e) {
          assertThat(e).hasMessageContaining(topic);
        }
      }
    }
    return read;
  }

  private static Set<String> names(List<Topic> topics) {
    Set<String> names = new HashSet<>();
    topics.forEach(topic -> names.add(topic.name()));
    return names;
  }

  private static AdminClient admin(String part) {
    return KafkaBroker.admin(login(part), Duration.ofSeconds(20));
  }

  private static KafkaLogin login(String part) {
    return new KafkaLogin(kafka.bootstrap(), keys.resolve(part));
  }
}
