package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.stack.StackStatus.Component;
import io.rekindle.local.stack.StackStatus.Connector;
import io.rekindle.local.stack.StackStatus.Health;
import io.rekindle.local.stack.StackStatus.Job;
import io.rekindle.local.stack.StackStatus.Partition;
import io.rekindle.platform.rest.FlinkRest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandstillTest {

  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Instant FRESH = NOW.minusSeconds(1);
  private static final Instant STUCK = NOW.minusSeconds(300);
  private static final String SILENCE = "no answer within 20 s, although its process runs";

  private final Map<String, Instant> newest = new HashMap<>();

  private Component postgres = part(Health.OK, null);
  private Component kafka = part(Health.OK, null);
  private Component connect = part(Health.OK, null);
  private Component jobManager = part(Health.OK, null);
  private Component taskManager = part(Health.OK, null);
  private Connector connector = new Connector("RUNNING", "RUNNING", null, true);
  private Job job = new Job("1", "RUNNING", true, null);
  private Answer<DatabaseProgress> database =
      given(new DatabaseProgress(STUCK, 300.0, true, 4_096L, NOW, List.of()));
  private List<Partition> partitions =
      List.of(partition("users", 0, FRESH), partition("orders", 0, FRESH));

  @Test
  void shouldNameThePartThatIsCertainlyDown() {
    connect = part(Health.DOWN, "its process has ended");
    partitions = List.of(partition("orders", 2, STUCK));

    assertThat(reason()).isEqualTo("Kafka Connect: its process has ended");
  }

  @Test
  void shouldBlameNoPartThatIsOnlySlowOrSilent() {
    kafka = part(Health.SLOW, null);
    postgres = part(Health.SILENT, SILENCE);
    database = new Answer<>(null, Health.SILENT, SILENCE, null);
    partitions = List.of(partition("users", 0, FRESH), partition("orders", 2, STUCK));
    newest.put("orders/2", FRESH);

    assertThat(reason())
        .startsWith("partition 2 of orders is complete up to 2026-05-01T11:55:00Z only, 300 s ago")
        .contains("Kafka has newer records of it, which the job has not read")
        .endsWith("Besides, Postgres gave " + SILENCE);
  }

  @Test
  void shouldSayThatTheCauseIsNotKnownWithoutEvidence() {
    jobManager = part(Health.SILENT, SILENCE);
    job = new Job("1", null, false, "the JobManager does not answer");
    partitions = List.of();

    assertThat(reason()).isEqualTo("the cause is not known: Flink's JobManager gave " + SILENCE);
  }

  @Test
  void shouldTellOneSilentPartitionFromCaptureThatIsBehind() {
    partitions =
        List.of(
            partition("users", 0, FRESH),
            partition("orders", 0, FRESH),
            partition("orders", 1, STUCK));
    newest.put("orders/1", STUCK);
    assertThat(reason())
        .isEqualTo(
            "partition 1 of orders is complete up to 2026-05-01T11:55:00Z only, 300 s ago, while"
                + " the other 2 are up to date. Kafka got its newest record at"
                + " 2026-05-01T11:55:00Z: look at its row in engagement.clock and at its broker");

    partitions =
        List.of(partition("users", 0, STUCK.plusSeconds(1)), partition("orders", 1, STUCK));
    assertThat(reason())
        .isEqualTo(
            "partition 1 of orders is complete up to 2026-05-01T11:55:00Z only, 300 s ago, and no"
                + " other partition is up to date. Kafka got its newest record at"
                + " 2026-05-01T11:55:00Z: capture is behind (4,096 bytes to confirm)");
  }

  @Test
  void shouldNameAPartitionThatNeverHadATick() {
    partitions = List.of(partition("users", 0, FRESH), partition("orders", 3, null));

    assertThat(reason())
        .startsWith("no tick has come in partition 3 of orders")
        .contains("newest record never");
  }

  @Test
  void shouldPlaceItBehindTheReadersWhenAllPartitionsAreRead() {
    assertThat(reason())
        .isEqualTo(
            "the job has read every partition up to 2026-05-01T11:59:59Z and has not stored the"
                + " scores: it or the database is busy");
  }

  @Test
  void shouldNameTheConnectorTheSlotAndTheJob() {
    connector = new Connector("RUNNING", "FAILED", "slot is gone", false);
    assertThat(reason()).isEqualTo("the connector is RUNNING and its task FAILED: slot is gone");

    connector = new Connector("RUNNING", "RUNNING", null, true);
    database = given(new DatabaseProgress(STUCK, 300.0, false, 4_096L, NOW, List.of()));
    assertThat(reason()).isEqualTo("nothing reads from the replication slot rekindle");

    database = given(new DatabaseProgress(STUCK, 300.0, true, 4_096L, NOW, List.of()));
    job = new Job("1", "RESTARTING", false, "last failure: disk full");
    assertThat(reason()).isEqualTo("the job is RESTARTING: last failure: disk full");
  }

  private String reason() {
    return new Standstill(
            postgres,
            kafka,
            connect,
            connector,
            database,
            jobManager,
            taskManager,
            job,
            new PartitionWatermarks(partitions),
            given(new KafkaTails(newest)),
            NOW)
        .reason();
  }

  private static <T> Answer<T> given(T value) {
    return new Answer<>(value, Health.OK, null, null);
  }

  private static Component part(Health health, String trouble) {
    return new Component(1L, null, null, null, null, trouble == null, health, trouble, null);
  }

  private static Partition partition(String topic, int number, Instant watermark) {
    assertThat(FlinkRest.partitionKey(topic, number)).isEqualTo(topic + "/" + number);
    return new Partition(topic, number, watermark == null ? null : watermark.toString());
  }
}
