package io.rekindle.connectors.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Today's contracts against those of the last release. */
class CompatibilityTest {

  private static final Path RELEASED = Path.of("src/test/resources/contracts/released");

  private final JsonNode order = Contracts.json(Contracts.SCHEMAS.resolve("order-change.json"));
  private final JsonNode score = Contracts.json(Contracts.SCHEMAS.resolve("score-change.json"));

  @Test
  void shouldNotBreakWhatTheLastReleasePromised() throws Exception {
    Path last = lastRelease();

    assertThat(
            Compatibility.breaks(
                names(last),
                name -> Contracts.json(last.resolve(name + ".json")),
                names(Contracts.SCHEMAS),
                name -> Contracts.json(Contracts.SCHEMAS.resolve(name + ".json"))))
        .as("breaking changes since " + last.getFileName())
        .isEmpty();
  }

  @Test
  void shouldLetSchemasGrow() {
    assertThat(changed(order, schema -> after(schema).putObject("channel").put("type", "string")))
        .isEmpty();
    assertThat(
            changed(order, schema -> ((ArrayNode) column(schema, "status").get("enum")).add("X")))
        .isEmpty();
    assertThat(changed(score, schema -> properties(schema).putObject("more").put("type", "string")))
        .isEmpty();
    assertThat(
            changed(
                score,
                schema ->
                    ((ArrayNode) properties(schema).get("cause").get("x-open-enum")).add("NEW")))
        .isEmpty();
  }

  @Test
  void shouldCompareWhatHoldsUnderACondition() {
    assertThat(changed(score, schema -> then(schema).add("cause_id"))).isEmpty();
    assertThat(changed(score, schema -> then(schema).remove(0)))
        .containsExactly("score is not always there any more.");
    assertThat(changed(score, schema -> ((ObjectNode) schema.get("if")).put("type", "object")))
        .containsExactly("The event has another if, which may break anything.");
  }

  @Test
  void shouldMissAPropertyThatIsGone() {
    assertThat(changed(order, schema -> after(schema).remove("category")))
        .containsExactly("after.category is gone.");
    assertThat(changed(score, schema -> properties(schema).remove("cause_id")))
        .containsExactly("cause_id is gone.");
  }

  @Test
  void shouldRefuseToAskWritersForMore() {
    assertThat(changed(order, schema -> required(schema, "after").add("category")))
        .containsExactly("after.category is required now.");
    assertThat(changed(order, schema -> column(schema, "category").put("type", "string")))
        .containsExactly("after.category no longer takes the type null.");
    assertThat(
            changed(order, schema -> ((ArrayNode) column(schema, "status").get("enum")).remove(1)))
        .containsExactly("after.status no longer takes CANCELLED.");
    assertThat(changed(order, schema -> column(schema, "order_id").put("maxLength", 64)))
        .containsExactly("after.order_id has another maxLength: 64.0, not 128.0.");
    assertThat(changed(order, schema -> column(schema, "category").put("minLength", 1)))
        .singleElement()
        .asString()
        .startsWith("after.category has another minLength");
    assertThat(changed(order, schema -> column(schema, "amount").put("pattern", "^[0-9]+$")))
        .containsExactly("after.amount has another pattern, which may break anything.");
    assertThat(changed(order, schema -> schema.put("additionalProperties", false)))
        .containsExactly("The event takes no further properties any more.");
    assertThat(changed(order, schema -> ((ArrayNode) schema.get("allOf")).remove(0)))
        .containsExactly("The event has another allOf, which may break anything.");
  }

  @Test
  void shouldRefuseToTakeFromReaders() {
    assertThat(changed(score, schema -> ((ArrayNode) schema.get("required")).remove(2)))
        .containsExactly("revision is not always there any more.");
    assertThat(
            changed(
                score,
                schema -> ((ObjectNode) properties(schema).get("at_risk")).put("type", "string")))
        .containsExactly("at_risk may now be of the type string.");
    assertThat(
            changed(
                score,
                schema -> ((ArrayNode) properties(schema).get("band").get("enum")).add("GONE")))
        .containsExactly("band may now be GONE.");
    assertThat(
            changed(
                score,
                schema ->
                    ((ArrayNode) properties(schema).get("cause").get("x-open-enum")).remove(0)))
        .containsExactly("cause does not know SNAPSHOT any more.");
  }

  @Test
  void shouldMissASchemaThatIsGone() {
    assertThat(
            Compatibility.breaks(
                List.of("score-change"), name -> score, List.of("other"), name -> score))
        .containsExactly("score-change: The schema is gone.");
  }

  private static List<String> changed(JsonNode schema, Consumer<ObjectNode> change) {
    ObjectNode changed = schema.deepCopy();
    change.accept(changed);
    return Compatibility.breaks(schema, changed);
  }

  private static ObjectNode properties(JsonNode schema) {
    return (ObjectNode) schema.get("properties");
  }

  private static ObjectNode after(JsonNode schema) {
    return (ObjectNode) properties(schema).get("after").get("properties");
  }

  private static ObjectNode column(JsonNode schema, String name) {
    return (ObjectNode) after(schema).get(name);
  }

  private static ArrayNode then(JsonNode schema) {
    return (ArrayNode) schema.at("/then/required");
  }

  private static ArrayNode required(JsonNode schema, String part) {
    return (ArrayNode) properties(schema).get(part).get("required");
  }

  private static List<String> names(Path directory) {
    return Contracts.files(directory).stream().map(Contracts::name).toList();
  }

  private static Path lastRelease() throws Exception {
    try (Stream<Path> releases = Files.list(RELEASED)) {
      return releases.max(Comparator.comparing(CompatibilityTest::version)).orElseThrow();
    }
  }

  private static ModuleDescriptor.Version version(Path release) {
    return ModuleDescriptor.Version.parse(release.getFileName().toString());
  }
}
