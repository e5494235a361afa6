package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BulkStreamTest {

  private static final int USERS = 500;
  private static final int ORDERS_EACH = 7;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeWhatTheDecoderTakes(boolean oneTransaction) {
    BulkStream stream = stream(oneTransaction);
    Decoded decoded = new Decoded();
    stream.load(decoded::decode);

    assertThat(decoded.refused).isEmpty();
    assertThat(decoded.changes).hasSize((int) stream.changes());
    assertThat(decoded.ticks).isSorted();
    assertThat(decoded.ticks.get(decoded.ticks.size() - 1)).isGreaterThan(stream.transactionAt());
    assertThat(decoded.changes).extracting(Change::commitTime).isSorted();
  }

  @Test
  void shouldPlaceTheOrdersOfTheTable() {
    BulkStream stream = stream(true);
    Decoded decoded = new Decoded();
    stream.load(decoded::decode);
    List<OrderChanged> orders =
        decoded.changes.stream()
            .filter(OrderChanged.class::isInstance)
            .map(OrderChanged.class::cast)
            .filter(order -> DebeziumMessages.user(order.userId()) == 3)
            .sorted(Comparator.comparingLong(OrderChanged::placedAt))
            .toList();

    OrderTable table = new OrderTable();
    stream.tableOf(3, table);
    assertThat(orders).hasSize(ORDERS_EACH);
    assertThat(table.size()).isEqualTo(ORDERS_EACH);
    for (int i = 0; i < ORDERS_EACH; i++) {
      assertThat(orders.get(i).commitTime()).isEqualTo(stream.transactionAt());
      assertThat(table.placedAt(i)).isEqualTo(orders.get(i).placedAt());
      assertThat(table.netMinor(i)).isEqualTo(orders.get(i).netMinor());
      assertThat(table.currency(i)).isEqualTo(CurrencyCodes.pack(orders.get(i).currency()));
    }
  }

  @Test
  void shouldPutAPolicyInForce() {
    BulkStream stream = stream(false);
    String document = ScoringPolicy.builtIn("document-v1").json();
    Decoded decoded = new Decoded();
    stream.policy("document-v1", document, decoded::decode);

    assertThat(decoded.refused).isEmpty();
    assertThat(decoded.ruleChanges)
        .singleElement()
        .isInstanceOfSatisfying(
            PolicyChanged.class,
            policy -> {
              assertThat(policy.active()).isTrue();
              assertThat(policy.commitTime()).isEqualTo(stream.policyAt());
              assertThat(policy.document()).isEqualTo(document);
            });
  }

  private static BulkStream stream(boolean oneTransaction) {
    return new BulkStream(
        Topics.standard(),
        USERS,
        ORDERS_EACH,
        oneTransaction,
        System.currentTimeMillis() - 600_000);
  }
}
