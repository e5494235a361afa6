package io.rekindle.email.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.stream.Collectors;

/**
 * The form in which a model hands over an email. APIs get the schema without the bounds on lengths,
 * which strict modes refuse as unknown. Answers have to fit the whole schema.
 */
final class DraftSchema {

  /** Stored with every email that a model was asked for. */
  static final String VERSION = "email-v1";

  /** Strict modes of the OpenAI kind know no bounds. */
  private static final List<String> NOT_PORTABLE =
      List.of("$schema", "minLength", "maxLength", "minItems", "maxItems");

  private static final int MAX_NAMED = 5;

  /** Length of the message about one fault, which may quote the draft. */
  private static final int MAX_FAULT = 150;

  private static final String DOCUMENT =
      Resources.get(DraftSchema.class, "prompts/" + VERSION + ".json");

  private static final Schema SCHEMA = schema(DOCUMENT);
  private static final JsonNode PORTABLE = withoutBounds(document());
  private static final Schema PORTABLE_SCHEMA = schema(PORTABLE.toString());

  private DraftSchema() {}

  private static Schema schema(String document) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(document);
    schema.initializeValidators();
    return schema;
  }

  private static JsonNode document() {
    try {
      return new ObjectMapper().readTree(DOCUMENT);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the schema is not JSON", e);
    }
  }

  /** For {@code response_format.json_schema.schema}. */
  static JsonNode portable() {
    return PORTABLE;
  }

  /** For the instructions, where a server does not hold answers to the schema: all of it. */
  static String forInstructions() {
    return "\n\nThe JSON schema of the answer:\n"
        + ((ObjectNode) document()).without("$schema").toString();
  }

  /** Whether a server that holds answers to {@link #portable} may have given this one. */
  static boolean isPortable(JsonNode draft) {
    return PORTABLE_SCHEMA.validate(draft).isEmpty();
  }

  /** The faults of a draft, for people and models; empty if there are none. */
  static String errors(JsonNode draft) {
    return SCHEMA.validate(draft).stream()
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
