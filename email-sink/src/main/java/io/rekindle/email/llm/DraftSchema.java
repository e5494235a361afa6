package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rekindle.email.SingleLine;
import io.rekindle.platform.text.Resources;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The form in which a model hands over an email. One document serves both ends: APIs get it without
 * the bounds on lengths, which strict modes refuse as unknown, and answers are held to all of it.
 */
final class DraftSchema {

  /** Stored with every email that a model was asked for. */
  static final String VERSION = "email-v1";

  /** Strict modes of the OpenAI kind know no bounds. */
  private static final List<String> NOT_PORTABLE =
      List.of("$schema", "minLength", "maxLength", "minItems", "maxItems");

  private static final Pattern FENCED =
      Pattern.compile("\\A\\s*```(?:json|JSON)?\\s*\\n(.*?)\\n?\\s*```\\s*\\z", Pattern.DOTALL);

  private static final int MAX_NAMED = 5;

  /** Of what is said about one fault, which may quote the draft. */
  private static final int MAX_FAULT = 150;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private final JsonNode portable;
  private final Schema schema;

  DraftSchema() {
    String document = Resources.get(DraftSchema.class, "prompts/" + VERSION + ".json");
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(document);
    schema.initializeValidators();
    try {
      portable = withoutBounds(JSON.readTree(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the schema is not JSON", e);
    }
  }

  /** For {@code response_format.json_schema.schema}. */
  JsonNode portable() {
    return portable;
  }

  /**
   * The one JSON object that the text consists of; a Markdown fence around it is taken off, prose
   * is not.
   *
   * @throws JsonProcessingException if it is anything else
   */
  static JsonNode parse(String text) throws JsonProcessingException {
    Matcher fenced = FENCED.matcher(text);
    return JSON.readTree(fenced.matches() ? fenced.group(1) : text);
  }

  /** What is wrong with it, for people and models; empty if nothing is. */
  String errors(JsonNode draft) {
    return schema.validate(draft).stream()
        .limit(MAX_NAMED)
        .map(DraftSchema::describe)
        .collect(Collectors.joining("; "));
  }

  private static String describe(Error error) {
    return SingleLine.of(error.getInstanceLocation() + ": " + error.getMessage(), MAX_FAULT);
  }

  private static JsonNode withoutBounds(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove(NOT_PORTABLE);
    }
    node.forEach(DraftSchema::withoutBounds);
    return node;
  }
}
