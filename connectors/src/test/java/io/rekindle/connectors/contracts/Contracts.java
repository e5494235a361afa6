package io.rekindle.connectors.contracts;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The published contracts as files. */
final class Contracts {

  static final Path DIRECTORY = Path.of("src/main/resources/contracts");
  static final Path SCHEMAS = DIRECTORY.resolve("schemas");
  static final Path EXAMPLES = DIRECTORY.resolve("examples");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

  private static final Map<String, Schema> KNOWN = new HashMap<>();

  private Contracts() {}

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schema of this file name without its ending. */
  static Schema schema(String name) {
    return KNOWN.computeIfAbsent(
        name,
        unknown ->
            REGISTRY.getSchema(SchemaLocation.of("classpath:contracts/schemas/" + name + ".json")));
  }

  static List<String> errors(Schema schema, JsonNode event) {
    return schema.validate(event).stream().map(Error::toString).toList();
  }

  /** All JSON files under a directory, in order. */
  static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file's name without its ending. */
  static String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.json$", "");
  }
}
