package io.rekindle.connectors.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A replay looks for the row in a real Postgres. */
class DeadLetterReplayITCase {

  private static final long NOW = 1_772_353_800_000L;
  private static final String ORDER =
      "{\"order_id\":\"1\",\"user_id\":\"ada\",\"placed_at\":\"2026-03-01T08:00:00.000000Z\","
          + "\"amount\":\"12.50\",\"refunded_amount\":\"0.00\",\"currency\":\"EUR\","
          + "\"status\":\"PLACED\",\"category\":null}";
  private static final String USER =
      "{\"user_id\":\"ada\",\"created_at\":\"2024-01-02T03:04:05Z\"}";

  private static EmbeddedPostgres postgres;

  private final DeadLetterReplay replay =
      new DeadLetterReplay(
          new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @Test
  void shouldRefuseARecordWhoseRowWasDeletedOrMovedSince() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into shop.users (user_id) values ('ada'), ('bob')");
      statement.execute(
          "insert into shop.orders (order_id, user_id, amount) values ('1', 'ada', 12.50)");
      assertThat(missing(connection, "users", "c", USER)).isEmpty();
      assertThat(missing(connection, "orders", "c", ORDER)).isEmpty();

      statement.execute("update shop.orders set user_id = 'bob'");
      assertThat(missing(connection, "orders", "c", ORDER))
          .hasValueSatisfying(
              why -> assertThat(why).startsWith("shop.orders has no order 1 of user ada any more"));

      statement.execute("delete from shop.orders");
      statement.execute("delete from shop.users");
      assertThat(missing(connection, "orders", "c", ORDER)).isPresent();
      assertThat(missing(connection, "users", "c", USER))
          .hasValueSatisfying(
              why -> assertThat(why).startsWith("shop.users has no row of user ada any more"));
      assertThat(missing(connection, "orders", "d", ORDER)).as("a removal").isEmpty();
    }
  }

  private Optional<String> missing(Connection connection, String table, String op, String row)
      throws SQLException {
    boolean delete = op.equals("d");
    String event =
        "{\"before\":"
            + (delete ? row : "null")
            + ",\"after\":"
            + (delete ? "null" : row)
            + ",\"source\":{\"ts_ms\":1772353700000,\"db\":\"rekindle\",\"sequence\":"
            + "\"[\\\"100\\\",\\\"200\\\"]\",\"schema\":\"shop\",\"table\":\""
            + table
            + "\",\"lsn\":200},\"op\":\""
            + op
            + "\"}";
    DeadLetter letter =
        new DeadLetter(
            table.equals("orders")
                ? Topics.standard().orders().name()
                : Topics.standard().users().name(),
            0,
            17,
            NOW,
            "{}".getBytes(UTF_8),
            event.getBytes(UTF_8),
            DeadLetterReason.NOT_JSON,
            "Not JSON.",
            "1");
    assertThat(replay.rejection(letter, NOW)).isEmpty();
    return replay.missingRow(letter, connection, NOW);
  }
}
