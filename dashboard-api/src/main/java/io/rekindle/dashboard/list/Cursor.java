package io.rekindle.dashboard.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.rekindle.dashboard.database.TextRules;
import io.rekindle.dashboard.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The place in a list after which the next page begins: the sort values of the last row shown. A
 * client copies it from one answer to the next request. It holds nothing but the values, so a
 * forged cursor shows no more than another request would.
 */
public final class Cursor {

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Cursor() {}

  /**
   * Writes a cursor.
   *
   * @param list names the list and its order: a cursor fits no other
   * @param values texts, or null
   */
  public static String write(String list, String... values) {
    ArrayNode array = Json.MAPPER.createArrayNode().add(list);
    for (String value : values) {
      array.add(value);
    }
    return ENCODER.encodeToString(array.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a cursor; null if there is none.
   *
   * @param list as it was written for
   * @param count how many values it has
   * @throws InvalidCursorException if it is malformed or belongs to another list
   */
  public static String[] read(String cursor, String list, int count) {
    if (cursor == null) {
      return null;
    }
    JsonNode array;
    try {
      array = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(cursor));
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidCursorException();
    }
    if (!array.isArray()
        || array.size() != count + 1
        || !array.get(0).isTextual()
        || !array.get(0).textValue().equals(list)) {
      throw new InvalidCursorException();
    }
    String[] values = new String[count];
    for (int i = 0; i < count; i++) {
      JsonNode value = array.get(i + 1);
      if (!value.isNull()
          && (!value.isTextual() || TextRules.mistake(value.textValue(), 10_000) != null)) {
        throw new InvalidCursorException();
      }
      values[i] = value.textValue();
    }
    return values;
  }
}
