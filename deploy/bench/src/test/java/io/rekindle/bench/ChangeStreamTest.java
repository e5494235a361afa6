package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.kafka.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    assertThat(decoded.ruleChanges).isEmpty();
    assertThat(decoded.ticks).isSorted();
    assertThat(decoded.ticks.get(decoded.ticks.size() - 1)).isGreaterThan(stream.end());
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
    stream.forEach(
        message -> {
          int before = decoded.changes.size();
          decoded.decode(message);
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
    stream.forEach(decoded::decode);
    return decoded;
  }
}
