package io.rekindle.dashboard.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.dashboard.ui.Messages;
import io.rekindle.dashboard.web.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The contract in OpenAPI as people read it: what can be asked, by topic, and the forms of what
 * comes and goes. Immutable.
 */
public record ApiDocs(String intro, List<Topic> topics, List<Form> forms) {

  /** The operations of a tag. */
  public record Topic(String name, List<Operation> operations) {

    public String anchor() {
      return "topic-" + name.toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something that can be asked.
   *
   * @param id its anchor
   * @param role the least role of an account; null if everybody may
   * @param scope the scope that lets an API key in; null if none does
   * @param bodies what can be sent, by media type; empty if nothing is
   * @param answers those of a request that was granted
   * @param refusals the others
   * @param curl how to ask from a shell
   */
  public record Operation(
      String id,
      String method,
      String path,
      String summary,
      String description,
      String role,
      String scope,
      List<Parameter> parameters,
      List<Body> bodies,
      List<Answer> answers,
      List<Answer> refusals,
      String curl) {}

  /**
   * A parameter.
   *
   * @param in path, query or header
   */
  public record Parameter(
      String name, String in, boolean required, Type type, String description) {}

  public record Body(String mediaType, Type type) {}

  public record Answer(String status, String description, List<Body> bodies) {}

  /**
   * A named schema.
   *
   * @param type what it is if it has no fields
   * @param fields empty if it is no object
   */
  public record Form(String name, String description, Type type, List<Field> fields) {}

  public record Field(String name, boolean required, Type type, String description) {}

  /**
   * What a value is.
   *
   * @param before in words, up to the form's name
   * @param form the name of the form that it has, or that its items have; null if it is no form
   * @param after in words, behind the form's name
   * @param limits what else it has to keep to; null if nothing
   */
  public record Type(String before, String form, String after, String limits) {}

  private static final String FORMS = "#/components/schemas/";
  private static final int MAX_EXAMPLE_DEPTH = 6;

  static ApiDocs of(JsonNode contract, Messages messages) {
    return new ContractReader(contract, messages).read();
  }

  /** Reads one contract. */
  private static final class ContractReader {

    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");

    private final JsonNode contract;
    private final Messages messages;

    ContractReader(JsonNode contract, Messages messages) {
      this.contract = contract;
      this.messages = messages;
    }

    ApiDocs read() {
      Map<String, List<Operation>> byTag =
          contract.at("/tags").findValuesAsText("name").stream()
              .collect(
                  Collectors.toMap(
                      name -> name, name -> new ArrayList<>(), (a, b) -> a, LinkedHashMap::new));
      for (Map.Entry<String, JsonNode> path : contract.path("paths").properties()) {
        for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
          if (METHODS.contains(operation.getKey())) {
            byTag
                .get(operation.getValue().at("/tags/0").textValue())
                .add(operation(operation.getKey(), path.getKey(), operation.getValue()));
          }
        }
      }
      Map<String, Form> forms = new TreeMap<>();
      contract
          .at("/components/schemas")
          .properties()
          .forEach(entry -> forms.put(entry.getKey(), form(entry.getKey(), entry.getValue())));
      return new ApiDocs(
          contract.at("/info/description").textValue(),
          byTag.entrySet().stream().map(tag -> new Topic(tag.getKey(), tag.getValue())).toList(),
          List.copyOf(forms.values()));
    }

    private Operation operation(String method, String path, JsonNode operation) {
      List<Parameter> parameters =
          items(operation.path("parameters")).map(this::resolved).map(this::parameter).toList();
      List<Answer> granted = new ArrayList<>();
      List<Answer> refused = new ArrayList<>();
      for (Map.Entry<String, JsonNode> entry : operation.path("responses").properties()) {
        JsonNode answer = resolved(entry.getValue());
        (entry.getKey().compareTo("400") < 0 ? granted : refused)
            .add(
                new Answer(
                    entry.getKey(),
                    answer.path("description").textValue(),
                    bodies(answer.path("content"))));
      }
      JsonNode sent = operation.at("/requestBody/content");
      return new Operation(
          operation.path("operationId").textValue(),
          method.toUpperCase(Locale.ROOT),
          path,
          operation.path("summary").textValue(),
          operation.path("description").textValue(),
          operation.path("x-role").textValue(),
          operation.path("x-scope").textValue(),
          parameters,
          bodies(sent),
          granted,
          refused,
          curl(method.toUpperCase(Locale.ROOT), path, operation, sent));
    }

    private Parameter parameter(JsonNode parameter) {
      return new Parameter(
          parameter.path("name").textValue(),
          parameter.path("in").textValue(),
          parameter.path("required").asBoolean(),
          type(parameter.path("schema")),
          parameter.path("description").textValue());
    }

    private List<Body> bodies(JsonNode content) {
      return content.properties().stream()
          .map(entry -> new Body(entry.getKey(), type(entry.getValue().path("schema"))))
          .toList();
    }

    private Form form(String name, JsonNode schema) {
      Set<String> required =
          items(schema.path("required")).map(JsonNode::textValue).collect(Collectors.toSet());
      List<Field> fields =
          schema.path("properties").properties().stream()
              .map(
                  field ->
                      new Field(
                          field.getKey(),
                          required.contains(field.getKey()),
                          type(field.getValue()),
                          field.getValue().path("description").textValue()))
              .toList();
      return new Form(name, schema.path("description").textValue(), type(schema), fields);
    }

    private Type type(JsonNode schema) {
      if (schema.has("$ref")) {
        return new Type("", formName(schema), "", null);
      }
      String orNull = schema.path("nullable").asBoolean() ? " " + word("orNull") : "";
      if (schema.has("allOf")) {
        return new Type("", formName(schema.path("allOf").get(0)), orNull, null);
      }
      if (schema.has("enum")) {
        String values =
            items(schema.path("enum")).map(JsonNode::textValue).collect(Collectors.joining(", "));
        return new Type(word("oneOf") + orNull, null, "", values + standard(schema));
      }
      if (schema.has("items")) {
        Type item = type(schema.path("items"));
        return new Type(
            (word("listOf") + " " + item.before()).strip(),
            item.form(),
            item.after() + orNull,
            limits(schema));
      }
      if (schema.path("additionalProperties").isObject()) {
        Type value = type(schema.path("additionalProperties"));
        return new Type(
            (word("objectOf") + " " + value.before()).strip(),
            value.form(),
            value.after() + orNull,
            null);
      }
      String kind = schema.path("type").asText("object");
      String format = schema.path("format").asText("");
      return new Type(word(format.isEmpty() ? kind : format) + orNull, null, "", limits(schema));
    }

    private String word(String key) {
      return messages.get("docs.type." + key);
    }

    /** Null if there are none. */
    private String limits(JsonNode schema) {
      List<String> limits = new ArrayList<>();
      range(schema, "minLength", "maxLength", "characters", limits);
      range(schema, "minItems", "maxItems", "items", limits);
      range(schema, "minimum", "maximum", "number", limits);
      if (schema.has("pattern")) {
        limits.add(messages.get("docs.limit.pattern", schema.path("pattern").textValue()));
      }
      String all = String.join(", ", limits) + standard(schema);
      return all.isEmpty() ? null : all.replaceFirst("^, ", "");
    }

    private void range(JsonNode schema, String low, String high, String what, List<String> limits) {
      String least = schema.path(low).asText("");
      String most = schema.path(high).asText("");
      if (!least.isEmpty() && !most.isEmpty()) {
        limits.add(
            least.equals(most)
                ? messages.get("docs.limit." + what + ".exact", most)
                : messages.get("docs.limit." + what + ".range", least, most));
      } else if (!least.isEmpty()) {
        limits.add(messages.get("docs.limit." + what + ".least", least));
      } else if (!most.isEmpty()) {
        limits.add(messages.get("docs.limit." + what + ".most", most));
      }
    }

    private String standard(JsonNode schema) {
      return schema.has("default")
          ? ", " + messages.get("docs.limit.default", schema.path("default").asText())
          : "";
    }

    private String curl(String method, String path, JsonNode operation, JsonNode sent) {
      StringBuilder curl = new StringBuilder("curl");
      if (!method.equals("GET")) {
        curl.append(" -X ").append(method);
      }
      if (operation.has("x-scope")) {
        curl.append(" -H \"Authorization: Bearer $KEY\"");
      } else if (operation.has("x-role")) {
        curl.append(" -b cookies");
        if (!method.equals("GET")) {
          curl.append(" -H \"X-CSRF-Token: $TOKEN\"");
        }
      } else if (path.equals("/api/session")) {
        curl.append(" -c cookies");
      }
      curl.append(" \"$URL").append(path).append('"');
      JsonNode json = sent.path("application/json").path("schema");
      if (!json.isMissingNode()) {
        String example = example(json, 0).toString().replace("'", "'\\''");
        curl.append(" \\\n  -H \"Content-Type: application/json\" -d '")
            .append(example)
            .append('\'');
      } else if (sent.has("application/x-www-form-urlencoded")) {
        for (String name :
            (Iterable<String>)
                () ->
                    resolved(sent.at("/application~1x-www-form-urlencoded/schema"))
                        .path("properties")
                        .fieldNames()) {
          curl.append(" \\\n  --data-urlencode \"").append(name).append("=…\"");
        }
      }
      return curl.toString();
    }

    /** A value that the schema lets through: the one that it names, or a simple one. */
    private JsonNode example(JsonNode given, int depth) {
      JsonNode schema = resolved(given.has("allOf") ? given.path("allOf").get(0) : given);
      if (schema.has("example")) {
        return schema.path("example");
      }
      if (schema.has("enum")) {
        return schema.path("enum").get(0);
      }
      if (schema.has("properties") && depth < MAX_EXAMPLE_DEPTH) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        schema
            .path("properties")
            .properties()
            .forEach(field -> object.set(field.getKey(), example(field.getValue(), depth + 1)));
        return object;
      }
      return switch (schema.path("type").asText()) {
        case "array" -> {
          ArrayNode array = Json.MAPPER.createArrayNode();
          yield array.add(example(schema.path("items"), depth + 1));
        }
        case "integer", "number" -> Json.MAPPER.getNodeFactory().numberNode(1);
        case "boolean" -> Json.MAPPER.getNodeFactory().booleanNode(true);
        case "string" ->
            Json.MAPPER
                .getNodeFactory()
                .textNode(
                    schema.path("format").asText().equals("date-time")
                        ? "2026-01-31T08:00:00Z"
                        : "…");
        default -> Json.MAPPER.createObjectNode();
      };
    }

    private JsonNode resolved(JsonNode node) {
      return node.has("$ref") ? contract.at(node.path("$ref").textValue().substring(1)) : node;
    }

    private static String formName(JsonNode reference) {
      return reference.path("$ref").textValue().substring(FORMS.length());
    }

    private static Stream<JsonNode> items(JsonNode array) {
      return StreamSupport.stream(array.spliterator(), false);
    }
  }
}
