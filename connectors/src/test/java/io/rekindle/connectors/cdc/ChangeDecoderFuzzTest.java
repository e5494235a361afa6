package io.rekindle.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.RowVersion;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChangeDecoderFuzzTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] KEY = "{\"id\":1}".getBytes(UTF_8);

  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final ChangeDecoder decoder = new ChangeDecoder();

  @Test
  void shouldMakeSomethingOfAnyDamagedEvent() throws IOException {
    List<byte[]> events = capturedEvents();
    for (int i = 0; i < 80_000; i++) {
      byte[] damaged = damage(events.get(random.nextInt(events.size())));
      RecordingReceiver decoded =
          RecordingReceiver.by(
              decoder, RecordingReceiver.message("rekindle.shop.users", 0, -1, KEY, damaged));
      boolean sound =
          decoded.reason == null
              // A snapshot row may say nothing, and a move says two things.
              ? decoded.outcomes() <= 2
              : decoded.outcomes() == 1 && decoded.reason != DeadLetterReason.DECODER_DEFECT;
      if (!sound) {
        fail("seed %d, event %d: %s: %s", seed, i, new String(damaged, UTF_8), decoded.error);
      }
    }
  }

  @Test
  void shouldReadEachEventAsIfItWereTheFirst() throws IOException {
    List<byte[]> events = capturedEvents();
    for (int i = 0; i < 20_000; i++) {
      byte[] event = events.get(random.nextInt(events.size()));
      byte[] value =
          switch (random.nextInt(8)) {
            case 0 -> damage(event);
            case 1 ->
                (new String(event, UTF_8) + " ".repeat(random.nextInt(20_000))).getBytes(UTF_8);
            case 2 ->
                (" ".repeat(random.nextInt(20_000)) + new String(event, UTF_8)).getBytes(UTF_8);
            case 3 -> Arrays.copyOf(event, random.nextInt(event.length));
            case 4 -> (new String(event, UTF_8) + "{}").getBytes(UTF_8);
            default -> event;
          };
      var message = RecordingReceiver.message("rekindle.shop.users", 0, -1, KEY, value);
      RecordingReceiver decoded = RecordingReceiver.by(decoder, message);
      RecordingReceiver alone = RecordingReceiver.by(new ChangeDecoder(), message);
      if (!decoded.toString().equals(alone.toString())) {
        fail(
            "seed %d, event %d: %s: %s, alone %s",
            seed, i, new String(value, UTF_8), decoded, alone);
      }
    }
  }

  private byte[] damage(byte[] event) {
    byte[] damaged = event.clone();
    for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
      int place = random.nextInt(damaged.length);
      switch (random.nextInt(4)) {
        case 0 -> damaged[place] = (byte) random.nextInt(256);
        case 1 -> damaged[place] = (byte) "{}[]\",:\\0123456789-.null".charAt(random.nextInt(23));
        case 2 -> {
          int end = Math.min(damaged.length, place + 1 + random.nextInt(20));
          byte[] shorter = Arrays.copyOf(damaged, damaged.length - (end - place));
          System.arraycopy(damaged, end, shorter, place, damaged.length - end);
          damaged = shorter;
        }
        default -> {
          int length = Math.min(random.nextInt(20), damaged.length - place);
          System.arraycopy(
              damaged, random.nextInt(damaged.length - length + 1), damaged, place, length);
        }
      }
      if (damaged.length == 0) {
        return damaged;
      }
    }
    return damaged;
  }

  @Test
  void shouldAgreeWithATreeOfTheSameOrder() throws IOException {
    String lastUser = "u-0";
    for (int i = 0; i < 20_000; i++) {
      String op = List.of("c", "r", "u", "d").get(random.nextInt(4));
      ObjectNode before = op.equals("u") || op.equals("d") ? order(lastUser, "o-" + i) : null;
      lastUser = random.nextInt(3) == 0 ? lastUser : text();
      ObjectNode after = op.equals("d") ? null : order(lastUser, "o-" + i);
      byte[] value = event(op, before, after);
      List<Change> changes =
          RecordingReceiver.by(
                  decoder, RecordingReceiver.message("rekindle.shop.orders", 0, -1, KEY, value))
              .changes;
      assertThat(changes)
          .as("seed %d, event %d: %s", seed, i, new String(value, UTF_8))
          .isEqualTo(expected(JSON.readTree(value)));
    }
  }

  private ObjectNode order(String userId, String orderId) {
    ObjectNode row = JSON.createObjectNode();
    row.put("order_id", orderId);
    row.put("user_id", userId);
    long placedAt = random.nextLong(-4_000_000_000L, 1_795_000_000L);
    row.put(
        "placed_at",
        Instant.ofEpochSecond(placedAt, 1_000L * random.nextInt(1_000_000)).toString());
    row.put("amount", amount());
    row.put("refunded_amount", random.nextBoolean() ? "0.00" : amount());
    row.put("currency", List.of("EUR", "GBP", "USD").get(random.nextInt(3)));
    row.put("status", random.nextInt(4) == 0 ? "CANCELLED" : "PLACED");
    if (random.nextBoolean()) {
      row.put("category", text());
    }
    return row;
  }

  private String amount() {
    return BigDecimal.valueOf(random.nextLong(1L << random.nextInt(1, 46)), 2).toPlainString();
  }

  private String text() {
    return List.of("u-1", "käse\"\\", "日本 \t", "😀").get(random.nextInt(4)) + random.nextInt(9);
  }

  private byte[] event(String op, ObjectNode before, ObjectNode after) throws IOException {
    ObjectNode source = (ObjectNode) JSON.readTree(DebeziumEvents.source("shop.orders"));
    source.put("lsn", random.nextLong(Long.MAX_VALUE));
    source.put("sequence", "[\"" + random.nextLong(1, Long.MAX_VALUE) + "\",\"1\"]");
    ObjectNode event = JSON.createObjectNode();
    event.set("before", before);
    event.set("after", after);
    event.set("source", source);
    event.put("op", op);
    return JSON.writeValueAsBytes(event);
  }

  /** The same said with a tree, BigDecimal and java.time. */
  private static List<Change> expected(JsonNode event) throws IOException {
    JsonNode before = event.get("before");
    JsonNode after = event.get("after");
    JsonNode source = event.get("source");
    String op = event.get("op").asText();
    long commitTime = source.get("ts_ms").asLong();
    long lsn = source.get("lsn").asLong();
    boolean snapshot = op.equals("r");
    long commitLsn = JSON.readTree(source.get("sequence").asText()).get(0).asLong();
    RowVersion version = snapshot ? new RowVersion(lsn, 0) : new RowVersion(commitLsn, lsn);
    if (op.equals("d")) {
      return List.of(
          new OrderRemoved(
              before.get("user_id").asText(),
              commitTime,
              version,
              false,
              before.get("order_id").asText(),
              false));
    }
    List<Change> changes = new ArrayList<>();
    String userId = after.get("user_id").asText();
    String orderId = after.get("order_id").asText();
    boolean moved = op.equals("u") && !before.get("user_id").asText().equals(userId);
    if (moved) {
      changes.add(
          new OrderRemoved(
              before.get("user_id").asText(), commitTime, version, false, orderId, true));
    }
    boolean cancelled = after.get("status").asText().equals("CANCELLED");
    BigDecimal net = cancelled ? BigDecimal.ZERO : money(after, "amount").subtract(refunded(after));
    OrderChanged.Kind kind = OrderChanged.Kind.PLACED;
    if (moved) {
      kind = OrderChanged.Kind.MOVED_IN;
    } else if (op.equals("u")) {
      kind =
          cancelled && before.get("status").asText().equals("PLACED")
              ? OrderChanged.Kind.CANCELLED
              : refunded(after).compareTo(refunded(before)) > 0
                  ? OrderChanged.Kind.REFUNDED
                  : OrderChanged.Kind.AMENDED;
    }
    changes.add(
        new OrderChanged(
            userId,
            commitTime,
            version,
            snapshot,
            orderId,
            OffsetDateTime.parse(after.get("placed_at").asText()).toInstant().toEpochMilli(),
            net.movePointRight(2).longValueExact(),
            after.get("currency").asText(),
            kind));
    return changes;
  }

  private static BigDecimal refunded(JsonNode row) {
    return money(row, "refunded_amount");
  }

  private static BigDecimal money(JsonNode row, String column) {
    return new BigDecimal(row.get(column).asText());
  }

  private static List<byte[]> capturedEvents() throws IOException {
    try (InputStream in = ChangeDecoderFuzzTest.class.getResourceAsStream("captured.tsv")) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.substring(line.lastIndexOf('\t') + 1).getBytes(UTF_8))
          .toList();
    }
  }
}
