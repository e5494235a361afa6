package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.Beat;
import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ChangeStreamTest {

  private static final int USERS = 1_000;
  private static final int ORDER_CHANGES = 200_000;

  private final ChangeStream stream = new ChangeStream(Topics.standard(), USERS, ORDER_CHANGES);

  @Test
  void shouldBeWhatTheDecoderTakes() {
    Decoded decoded = decode();

    assertThat(decoded.refused).isEmpty();
    assertThat(decoded.changes).hasSize(USERS + ORDER_CHANGES);
    assertThat(decoded.ticks).isPositive();
    assertThat(decoded.lastTick).isGreaterThan(stream.end());
    assertThat(decoded.changes.get(decoded.changes.size() - 1).commitTime())
        .isEqualTo(stream.end());
  }

  @Test
  void shouldMostlyPlaceOrdersAndSometimesCancelOrDeleteThem() {
    Map<String, Integer> kinds = new HashMap<>();
    for (Change change : decode().changes) {
      String kind =
          change instanceof OrderChanged order
              ? order.kind().name()
              : change.getClass().getSimpleName();
      kinds.merge(kind, 1, Integer::sum);
    }

    assertThat(kinds.get(UserChanged.class.getSimpleName())).isEqualTo(USERS);
    // A little fewer than in the long run: at first there is nothing to cancel or delete.
    assertThat(kinds.get("CANCELLED")).isBetween(3_000, 6_000);
    assertThat(kinds.get(OrderRemoved.class.getSimpleName())).isBetween(1_000, 2_000);
    assertThat(kinds.get("PLACED")).isGreaterThan(190_000);
  }

  @Test
  void shouldBeAsLargeAsDebeziumsEvents() {
    long[] bytes = new long[1];
    stream.forEach(message -> bytes[0] += message.change() ? message.value().length() : 0);

    assertThat(bytes[0] / stream.changes()).isBetween(620L, 740L);
  }

  @Test
  void shouldBeTheSameEveryTime() {
    List<Integer> first = hashes();

    assertThat(hashes()).isEqualTo(first);
  }

  @Test
  void shouldKeepAUserInOnePartitionPerTopic() {
    Map<String, Integer> partitions = new HashMap<>();
    Decoded decoded = new Decoded();
    ChangeDecoder decoder = new ChangeDecoder();
    stream.forEach(
        message -> {
          int before = decoded.changes.size();
          decoder.decode(record(message), decoded);
          if (decoded.changes.size() > before) {
            String place = message.topic() + decoded.changes.get(before).userId();
            assertThat(partitions.merge(place, message.partition(), (a, b) -> a.equals(b) ? a : -1))
                .isNotNegative();
          }
        });
  }

  private List<Integer> hashes() {
    List<Integer> hashes = new ArrayList<>();
    new ChangeStream(Topics.standard(), USERS, 10_000)
        .forEach(message -> hashes.add(message.value().hashCode()));
    return hashes;
  }

  private Decoded decode() {
    Decoded decoded = new Decoded();
    ChangeDecoder decoder = new ChangeDecoder();
    stream.forEach(message -> decoder.decode(record(message), decoded));
    return decoded;
  }

  private static ConsumerRecord<byte[], byte[]> record(DebeziumMessages.Message message) {
    return new ConsumerRecord<>(
        message.topic(),
        message.partition(),
        0,
        System.currentTimeMillis(),
        TimestampType.CREATE_TIME,
        message.key().length(),
        message.value().length(),
        message.key().getBytes(StandardCharsets.UTF_8),
        message.value().getBytes(StandardCharsets.UTF_8),
        new RecordHeaders(),
        Optional.empty());
  }

  private static final class Decoded implements ChangeDecoder.Receiver {

    private final List<Change> changes = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private long ticks;
    private long lastTick;

    @Override
    public void changed(Change change) {
      changes.add(change);
    }

    @Override
    public void ruleChanged(RuleChange change) {
      refused.add("a rule change");
    }

    @Override
    public void ticked(long commitTime, Beat beat) {
      ticks++;
      lastTick = commitTime;
    }

    @Override
    public void noStateChange(long commitTime) {
      refused.add("a change without a state change");
    }

    @Override
    public void clockAhead(long aheadMs) {
      refused.add("a commit in the future");
    }

    @Override
    public void otherDatabase(String database) {
      refused.add("a change of the database " + database);
    }

    @Override
    public void unknownCommitPosition() {
      refused.add("a change without a commit position");
    }

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      refused.add(reason + ": " + error);
    }
  }
}
