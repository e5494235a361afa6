package io.rekindle.connectors.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.kafka.Topics;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class DeadLetterReplayTest {

  private static final long NOW = 1_772_353_800_000L;
  private static final String ORDERS = Topics.standard().orders().name();
  private static final byte[] KEY = "{\"order_id\":\"1\"}".getBytes(UTF_8);
  private static final byte[] GOOD =
      """
      {"before":null,"after":{"order_id":"1","user_id":"ada","placed_at":"2026-03-01T08:00:00.000000Z",
      "amount":"12.50","refunded_amount":"0.00","currency":"EUR","status":"PLACED","category":null,
      "updated_at":"2026-03-01T08:00:00.000000Z"},"source":{"version":"3.7.0.Final",
      "connector":"postgresql","name":"rekindle","ts_ms":1772353700000,"snapshot":"false",
      "db":"rekindle","sequence":"[\\"100\\",\\"200\\"]","schema":"shop","table":"orders","txId":7,
      "lsn":200,"xmin":null},"transaction":null,"op":"c","ts_ms":1772353700100}
      """
          .getBytes(UTF_8);

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          cluster(), true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final DeadLetterReplay replay = new DeadLetterReplay(producer);

  @Test
  void shouldRefuseWhatStillDoesNotDecodeAndSayWhy() {
    assertThat(replay.rejection(letter(KEY, "{".getBytes(UTF_8)), NOW))
        .hasValueSatisfying(why -> assertThat(why).startsWith("NOT_JSON: "));
    assertThat(replay.rejection(letter(null, GOOD), NOW))
        .hasValueSatisfying(why -> assertThat(why).startsWith("NO_KEY: "));
    assertThat(replay.rejection(letter(KEY, null), NOW))
        .hasValueSatisfying(why -> assertThat(why).startsWith("NULL_VALUE: "));
  }

  @Test
  void shouldRefuseARowOfATable() {
    DeadLetter row =
        new DeadLetter(
            "engagement.user_scores",
            0,
            7,
            NOW,
            KEY,
            GOOD,
            DeadLetterReason.REFUSED_BY_DATABASE,
            "numeric field overflow",
            "1");

    assertThat(replay.rejection(row, NOW))
        .hasValueSatisfying(why -> assertThat(why).contains("overflow", "corrected row"));
  }

  @Test
  void shouldTakeARepairedRecord() {
    DeadLetter broken = letter(null, "{".getBytes(UTF_8));

    assertThat(replay.rejection(DeadLetterReplay.repaired(broken, KEY, GOOD), NOW)).isEmpty();
  }

  @Test
  void shouldPutTheRecordBackIntoItsOwnTopicAndPartitionWithItsKey() throws Exception {
    assertThat(replay.send(letter(KEY, GOOD))).isEqualTo(ORDERS + "-2-0");

    assertThat(producer.history())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.topic()).isEqualTo(ORDERS);
              assertThat(record.partition()).isEqualTo(2);
              assertThat(record.key()).isEqualTo(KEY);
              assertThat(record.value()).isEqualTo(GOOD);
            });
  }

  private static DeadLetter letter(byte[] key, byte[] value) {
    return new DeadLetter(
        ORDERS, 2, 17, NOW, key, value, DeadLetterReason.NOT_JSON, "Not JSON.", "1");
  }

  private static Cluster cluster() {
    List<PartitionInfo> partitions =
        IntStream.range(0, 4)
            .mapToObj(i -> new PartitionInfo(ORDERS, i, Node.noNode(), new Node[0], new Node[0]))
            .toList();
    return new Cluster("test", List.of(), partitions, Set.of(), Set.of());
  }
}
