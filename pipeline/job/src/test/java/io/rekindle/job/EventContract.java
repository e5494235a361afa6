package io.rekindle.job;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A published JSON Schema of what the job writes, and its examples. */
public final class EventContract {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Schema schema;
  private final JsonNode document;

  /**
   * @param name of the schema's file, without its ending
   */
  public EventContract(String name) {
    this.name = name;
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
            .getSchema(SchemaLocation.of("classpath:contracts/schemas/" + name + ".json"));
    this.document = resource("schemas/" + name + ".json");
  }

  /** What is wrong with a written event; empty if nothing is. */
  public List<String> errors(byte[] written) throws IOException {
    return schema.validate(JSON.readTree(written)).stream().map(Object::toString).toList();
  }

  /** The names of the properties that it describes. */
  public Set<String> properties() {
    return fields(document.get("properties"));
  }

  /** The values that a property has today. */
  public List<String> openEnum(String property) {
    return JSON.convertValue(
        document.at("/properties/" + property + "/x-open-enum"), new TypeReference<>() {});
  }

  /** The event of an example. */
  public JsonNode example(String example) {
    return resource("examples/" + name + "/" + example + ".json").get("value");
  }

  /** The names of a written event's properties. */
  public static Set<String> fields(byte[] written) throws IOException {
    return fields(JSON.readTree(written));
  }

  private static Set<String> fields(JsonNode object) {
    return JSON.<Map<String, Object>>convertValue(object, new TypeReference<>() {}).keySet();
  }

  private static JsonNode resource(String path) {
    try (InputStream in = EventContract.class.getResourceAsStream("/contracts/" + path)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
