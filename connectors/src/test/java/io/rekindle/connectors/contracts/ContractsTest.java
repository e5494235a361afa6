package io.rekindle.connectors.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import io.rekindle.connectors.cdc.ChangeDecoder;
import io.rekindle.connectors.cdc.NoOpReceiver;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemas and examples against the code that reads and writes the events. */
class ContractsTest {

  private final ChangeDecoder decoder = new ChangeDecoder();

  @ParameterizedTest
  @MethodSource("capturedExamples")
  void shouldDecodeWhatTheSchemaDescribes(Path file) {
    JsonNode example = Contracts.json(file);

    assertThat(Contracts.errors(schemaOf(file), example.get("value"))).isEmpty();
    assertThat(decode(example, example.get("value"))).isEmpty();
  }

  /** Others read these, so the decoder knows nothing of them. */
  @ParameterizedTest
  @MethodSource("capturedForOthers")
  void shouldCaptureForOthersWhatTheSchemaDescribes(Path file) {
    JsonNode value = Contracts.json(file).get("value");
    Schema schema = schemaOf(file);

    assertThat(Contracts.errors(schema, value)).isEmpty();
    String row = value.get("op").asText().equals("d") ? "/before" : "/after";
    for (String name : names(value.at(row))) {
      ObjectNode event = value.deepCopy();
      ((ObjectNode) event.at(row)).remove(name);
      assertThat(Contracts.errors(schema, event)).as("without " + name).isNotEmpty();
    }
  }

  /** A column more would keep events out for nothing, one fewer would let useless ones in. */
  @ParameterizedTest
  @MethodSource("changeExamples")
  void shouldRequireWhatTheDecoderCannotDoWithout(Path file) {
    JsonNode example = Contracts.json(file);
    Schema schema = schemaOf(file);
    for (String pointer : List.of("", "/source", "/after")) {
      for (String name : names(example.get("value").at(pointer))) {
        ObjectNode event = example.get("value").deepCopy();
        ((ObjectNode) event.at(pointer)).remove(name);

        assertThat(Contracts.errors(schema, event).isEmpty())
            .as("%s without %s/%s is valid", file.getFileName(), pointer, name)
            .isEqualTo(decode(example, event).isEmpty());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("changeExamples")
  void shouldNotCallValidWhatTheDecoderRefuses(Path file) {
    JsonNode example = Contracts.json(file);
    Schema schema = schemaOf(file);
    for (String pointer : List.of("", "/source", "/before", "/after")) {
      for (String name : names(example.get("value").at(pointer))) {
        for (String wrong : List.of("null", "\"\"", "\"x\"", "-1", "{}", "[1]", "true")) {
          ObjectNode event = example.get("value").deepCopy();
          ((ObjectNode) event.at(pointer)).set(name, read(wrong));
          Optional<String> rejection = decode(example, event);

          if (rejection.isPresent()) {
            assertThat(Contracts.errors(schema, event))
                .as("%s/%s as %s, which the decoder refuses: %s", pointer, name, wrong, rejection)
                .isNotEmpty();
          }
        }
      }
    }
  }

  @Test
  void shouldHaveAnExampleOfEveryEvent() {
    assertThat(Contracts.files(Contracts.EXAMPLES))
        .extracting(
            file ->
                file.getParent()
                    .getFileName()
                    .toString()
                    .replace("dead-letter", "dead-letter-headers"))
        .containsAll(
            Contracts.files(Contracts.SCHEMAS).stream()
                .map(Contracts::name)
                .filter(name -> !name.equals("source"))
                .toList());
  }

  @Test
  void shouldReadADeadLetterAsDescribed() {
    JsonNode example =
        Contracts.json(Contracts.EXAMPLES.resolve("dead-letter").resolve("not-json.json"));
    assertThat(Contracts.errors(Contracts.schema("dead-letter-headers"), example.get("headers")))
        .isEmpty();

    ConsumerRecord<byte[], byte[]> stored =
        record(
            example.get("topic").asText(),
            0,
            example.get("key").asText().getBytes(UTF_8),
            example.get("value").asText().getBytes(UTF_8));
    example
        .get("headers")
        .properties()
        .forEach(
            header ->
                stored.headers().add(header.getKey(), header.getValue().asText().getBytes(UTF_8)));
    DeadLetter letter = DeadLetter.from(stored);
    assertThat(letter.id()).isEqualTo(example.get("key").asText());
    assertThat(letter.reason()).isEqualTo(DeadLetterReason.NOT_JSON);
    assertThat(decode(record(letter.topic(), letter.partition(), letter.key(), letter.value())))
        .hasValue(letter.reason() + ": " + letter.error());
  }

  @Test
  void shouldWriteADeadLetterAsDescribed() {
    Schema schema = Contracts.schema("dead-letter-headers");
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      DeadLetter letter =
          DeadLetter.of(record("rekindle.shop.orders", 1, null, null), reason, "Fix it.");
      ObjectNode headers = ((ObjectNode) read("{}"));
      letter
          .toRecord("rekindle.dead-letters")
          .headers()
          .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));

      assertThat(Contracts.errors(schema, headers)).isEmpty();
    }
    JsonNode properties =
        Contracts.json(Contracts.SCHEMAS.resolve("dead-letter-headers.json")).get("properties");
    assertThat(properties.get("rekindle.reason").get("x-open-enum"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(
            Arrays.stream(DeadLetterReason.values()).map(Enum::name).toList());
  }

  private static Stream<Path> capturedExamples() {
    return captured().filter(file -> !isForOthers(file));
  }

  private static Stream<Path> capturedForOthers() {
    return captured().filter(ContractsTest::isForOthers);
  }

  private static Stream<Path> captured() {
    return Contracts.files(Contracts.EXAMPLES).stream()
        .filter(file -> Contracts.json(file).path("value").has("source"));
  }

  private static boolean isForOthers(Path example) {
    return Contracts.json(Contracts.SCHEMAS.resolve(example.getParent().getFileName() + ".json"))
        .get("x-compatibility")
        .asText()
        .equals("output");
  }

  /** Without ticks, of which the decoder reads little, and that where they are. */
  private static Stream<Path> changeExamples() {
    return capturedExamples().filter(file -> !file.getParent().endsWith("tick"));
  }

  private static Schema schemaOf(Path example) {
    return Contracts.schema(example.getParent().getFileName().toString());
  }

  private static JsonNode read(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private Optional<String> decode(JsonNode example, JsonNode value) {
    return decode(
        record(
            example.get("topic").asText(),
            example.get("partition").asInt(),
            Contracts.bytes(example.get("key")),
            Contracts.bytes(value)));
  }

  /** Why the decoder refuses it; empty if it does not. */
  private Optional<String> decode(ConsumerRecord<byte[], byte[]> message) {
    RejectionReceiver rejection = new RejectionReceiver();
    decoder.decode(message, rejection);
    return Optional.ofNullable(rejection.sentence);
  }

  /** A record without a time of its own, against which none could be in the future. */
  private static ConsumerRecord<byte[], byte[]> record(
      String topic, int partition, byte[] key, byte[] value) {
    return new ConsumerRecord<>(
        topic,
        partition,
        7,
        ConsumerRecord.NO_TIMESTAMP,
        TimestampType.NO_TIMESTAMP_TYPE,
        key == null ? -1 : key.length,
        value == null ? -1 : value.length,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private static final class RejectionReceiver extends NoOpReceiver {

    private String sentence;

    @Override
    public void rejected(DeadLetterReason reason, String error) {
      sentence = reason + ": " + error;
    }
  }
}
