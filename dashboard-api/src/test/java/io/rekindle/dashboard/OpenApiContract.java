package io.rekindle.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.web.Access;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The contract in OpenAPI, to which every answer in a test is held. */
public final class OpenApiContract {

  private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");
  private static final OpenApiContract SHIPPED = new OpenApiContract();

  private final JsonNode document;
  private final JsonNode definitions;
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> schemas = new HashMap<>();

  private OpenApiContract() {
    try (InputStream yaml = OpenApiContract.class.getResourceAsStream("/openapi/rekindle.yaml")) {
      document = new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    definitions = translated(document.at("/components/schemas"));
  }

  /** Fails if the answer is not one that the contract has for the request. */
  static void check(String method, String target, HttpResponse<String> response) {
    SHIPPED.checkAnswer(method, target.split("\\?", 2)[0], response);
  }

  /** All addresses of the contract, as in {@code GET /api/users/{userId}}. */
  public static Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    SHIPPED
        .document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          if (METHODS.contains(method)) {
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    return operations;
  }

  /** The addresses that answer with a list, by page or whole. */
  static Set<String> lists() {
    return operations().stream()
        .filter(
            operation ->
                SHIPPED
                    .answer(operation)
                    .at("/application~1json/schema/$ref")
                    .asText()
                    .endsWith("Page"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether an operation can answer with CSV. */
  static boolean hasCsv(String operation) {
    return SHIPPED.answer(operation).has("text/csv");
  }

  /** What a granted request is answered with, by media type. */
  private JsonNode answer(String operation) {
    String[] parts = operation.split(" ", 2);
    return document
        .get("paths")
        .get(parts[1])
        .get(parts[0].toLowerCase(Locale.ROOT))
        .at("/responses/200/content");
  }

  /** Who may use an address, as the contract has it. */
  static Access access(String method, String path) {
    JsonNode operation =
        SHIPPED.document.get("paths").get(path).get(method.toLowerCase(Locale.ROOT));
    if (!operation.has("x-role")) {
      assertThat(operation.path("security")).as(path).isEmpty();
      return Access.PUBLIC;
    }
    Access access = new Access(Role.valueOf(operation.get("x-role").textValue()), null);
    // An address that lets keys in has the contract's own security, which is either of the two.
    assertThat(operation.has("security")).as(path).isNotEqualTo(operation.has("x-scope"));
    return operation.has("x-scope")
        ? access.orKey(Scope.of(operation.get("x-scope").textValue()).orElseThrow())
        : access;
  }

  private void checkAnswer(String method, String path, HttpResponse<String> response) {
    String template = template(path);
    if (template == null) {
      return; // No address of the API: a page, or nothing at all.
    }
    if (method.equals("HEAD")) {
      JsonNode get = document.get("paths").get(template).get("get");
      assertThat(get == null || get.get("responses").has(Integer.toString(response.statusCode())))
          .as("HEAD " + path + " " + response.statusCode())
          .isTrue();
      return;
    }
    JsonNode operation = document.get("paths").get(template).get(method.toLowerCase(Locale.ROOT));
    if (operation == null) {
      assertThat(response.statusCode()).as(method + " " + path).isIn(404, 405);
      return;
    }
    String status = Integer.toString(response.statusCode());
    String place = method + " " + template + " " + status;
    JsonNode answer = operation.get("responses").get(status);
    assertThat(answer).as(place + " is not in the contract: " + response.body()).isNotNull();
    if (answer.has("$ref")) {
      answer = document.at(answer.get("$ref").textValue().substring(1));
    }
    JsonNode content = answer.path("content");
    if (content.isMissingNode()) {
      if (response.statusCode() < 300) {
        assertThat(response.body()).as(place).isEmpty();
      }
      return;
    }
    String type = response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0].strip();
    assertThat(content.has(type)).as(place + " as " + type).isTrue();
    if (!type.endsWith("json")) {
      return;
    }
    try {
      List<?> errors = schema(content.get(type).get("schema")).validate(TestClient.json(response));
      assertThat(errors).as(place + ": " + response.body()).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(place + ": " + response.body(), e);
    }
  }

  private synchronized Schema schema(JsonNode schema) {
    return schemas.computeIfAbsent(
        schema.toString(),
        key -> {
          ObjectNode whole = (ObjectNode) translated(schema);
          whole.set("$defs", definitions);
          return registry.getSchema(whole);
        });
  }

  /** The path of the contract that has the fewest parameters among those that fit. */
  private String template(String path) {
    String best = null;
    for (var paths = document.get("paths").fieldNames(); paths.hasNext(); ) {
      String candidate = paths.next();
      if (path.matches(candidate.replaceAll("\\{[^}]+}", "[^/]+"))
          && (best == null || candidate.indexOf('{') < 0)) {
        best = candidate;
      }
    }
    return best;
  }

  /** OpenAPI 3.0 says "nullable" where JSON Schema has a type for null. */
  private static JsonNode translated(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(element -> copy.add(translated(element)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode copy = object.objectNode();
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode value = object.get(name);
      if (name.equals("$ref") && value.isTextual()) {
        copy.put(name, value.textValue().replace("#/components/schemas/", "#/$defs/"));
      } else if (!name.equals("example") && (!name.equals("nullable") || !value.isBoolean())) {
        copy.set(name, translated(value));
      }
    }
    if (!object.path("nullable").asBoolean()) {
      return copy;
    }
    ObjectNode either = object.objectNode();
    either.putArray("anyOf").add(copy).addObject().put("type", "null");
    return either;
  }
}
