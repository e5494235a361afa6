package io.rekindle.local.stack;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** Events that are no changes, put straight into the topics, past Debezium. */
final class MalformedEvents {

  private static final String ORDERS = Topics.standard().orders().name();
  private static final String USERS = Topics.standard().users().name();
  private static final String POLICIES = Topics.standard().policies().name();
  private static final String KEY = "{\"order_id\":\"bad\"}";

  private final String now = Instant.now().toString();
  private final long commitTime = Instant.now().toEpochMilli();

  /** One event and why it has to be refused, by {@code DeadLetterReason}. */
  record Event(String reason, String topic, String key, String value) {}

  /** A sound event: an order placed now. */
  String order(String orderId, String userId) {
    return """
        {"before":null,"after":{"order_id":"%s","user_id":"%s","placed_at":"%s","amount":"10.00",\
        "refunded_amount":"0.00","currency":"EUR","status":"PLACED","category":null,\
        "updated_at":"%s"},"source":{"connector":"postgresql","name":"rekindle","ts_ms":%d,\
        "snapshot":"false","db":"rekindle","sequence":"[\\"1\\",\\"2\\"]","schema":"shop",\
        "table":"orders","txId":1,"lsn":2},"op":"c","ts_ms":%d}"""
        .formatted(orderId, userId, now, now, commitTime, commitTime);
  }

  List<Event> all() {
    String sound = order("bad", "nobody");
    List<Event> events = new ArrayList<>();
    events.add(ofOrder("NOT_JSON", "hello"));
    events.add(ofOrder("NOT_JSON", sound.substring(0, sound.length() / 2)));
    events.add(ofOrder("NOT_A_CHANGE_EVENT", "[1, 2, 3]"));
    events.add(ofOrder("NOT_A_CHANGE_EVENT", "{\"order_id\":\"bad\"}"));
    events.add(new Event("NULL_VALUE", ORDERS, KEY, null));
    events.add(new Event("NO_KEY", ORDERS, null, sound));
    events.add(ofOrder("MISSING_FIELD", sound.replace("\"user_id\":\"nobody\",", "")));
    events.add(
        ofOrder("MISSING_FIELD", sound.replace("\"user_id\":\"nobody\"", "\"user_id\":null")));
    events.add(ofOrder("MISSING_FIELD", sound.replace("\"amount\":\"10.00\",", "")));
    events.add(ofOrder("INVALID_TEXT", sound.replace("nobody", "no\\u0000body")));
    events.add(
        ofOrder("OUT_OF_RANGE", sound.replace("\"user_id\":\"nobody\"", "\"user_id\":\"\"")));
    events.add(ofOrder("OUT_OF_RANGE", sound.replace("nobody", "n".repeat(129))));
    events.add(ofOrder("WRONG_TYPE", sound.replace("\"10.00\"", "\"ten\"")));
    events.add(ofOrder("WRONG_TYPE", sound.replace("\"10.00\"", "{\"scale\":2}")));
    events.add(ofOrder("OUT_OF_RANGE", sound.replace("\"10.00\"", "\"99999999999999.00\"")));
    events.add(ofOrder("WRONG_TYPE", sound.replace("PLACED", "LOST")));
    events.add(ofOrder("WRONG_TYPE", sound.replace("\"EUR\"", "\"euros\"")));
    events.add(
        ofOrder("WRONG_TYPE", sound.replace("\"placed_at\":\"" + now, "\"placed_at\":\"noon")));
    events.add(ofOrder("ORDER_IN_FUTURE", sound.replace("\"placed_at\":\"2", "\"placed_at\":\"9")));
    events.add(ofOrder("UNKNOWN_OPERATION", sound.replace("\"op\":\"c\"", "\"op\":\"x\"")));
    events.add(ofOrder("UNKNOWN_TABLE", sound.replace("\"orders\"", "\"carts\"")));
    events.add(ofOrder("NO_OLD_ROW", sound.replace("\"op\":\"c\"", "\"op\":\"d\"")));
    events.add(ofOrder("TRUNCATE", sound.replace("\"op\":\"c\"", "\"op\":\"t\"")));
    events.add(ofOrder("TOO_LARGE", sound.replace("nobody", "x".repeat(1 << 20))));
    events.add(new Event("NOT_JSON", USERS, KEY, "\u00ff"));
    events.add(new Event("NOT_JSON", POLICIES, KEY, "{"));
    return events;
  }

  private static Event ofOrder(String reason, String value) {
    return new Event(reason, ORDERS, KEY, value);
  }

  /** Sends an event and gives the id that its dead letter will have. */
  static String send(KafkaLogin kafka, Event event)
      throws ExecutionException, InterruptedException {
    Map<String, Object> settings = kafka.settings(Map.of("max.request.size", 4 << 20));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      RecordMetadata sent =
          producer.send(new ProducerRecord<>(event.topic(), event.key(), event.value())).get();
      return sent.topic() + "-" + sent.partition() + "-" + sent.offset();
    }
  }
}
