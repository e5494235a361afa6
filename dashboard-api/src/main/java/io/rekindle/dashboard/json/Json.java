package io.rekindle.dashboard.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** JSON as the API writes it and as the database holds it. */
public final class Json {

  /** Writes times in ISO 8601 and numbers without exponents. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private Json() {}

  /** A column of JSON; null for null. */
  public static JsonNode column(String json) {
    try {
      return json == null ? null : MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The database holds no JSON where it should", e);
    }
  }

  /** A value as the API writes it. */
  public static String write(Object value) {
    return write(MAPPER.writer(), value);
  }

  /** A value as the API writes it, in UTF-8. For large values this saves a copy as text. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw withoutJson(value, e);
    }
  }

  /** A value for people to read, with indents. */
  public static String pretty(Object value) {
    return write(MAPPER.writerWithDefaultPrettyPrinter(), value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw withoutJson(value, e);
    }
  }

  private static IllegalArgumentException withoutJson(Object value, JsonProcessingException e) {
    return new IllegalArgumentException("Has no JSON form: " + value.getClass(), e);
  }
}
