package io.rekindle.dashboard.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import io.rekindle.platform.text.Instants;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object in a request. Every mistake is collected under its place, so that a
 * caller hears of all at once; {@link #check()} refuses the request if there is any, a field that
 * nobody has asked for included. Until then a field with a mistake reads as absent.
 *
 * <p>A field that is null reads as absent; {@link #has} tells the two apart.
 */
public final class JsonFields {

  private static final int MAX_SHOWN = 20;

  private final ObjectNode object;
  private final String place;
  private final List<FieldError> errors;
  private final Set<String> known = new HashSet<>();
  private final List<JsonFields> children = new ArrayList<>();

  private JsonFields(ObjectNode object, String place, List<FieldError> errors) {
    this.object = object;
    this.place = place;
    this.errors = errors;
  }

  public static JsonFields of(ObjectNode object) {
    return new JsonFields(object, "", new ArrayList<>());
  }

  /** Whether the field is there at all, null or not. */
  public boolean has(String name) {
    return object != null && object.has(name);
  }

  /** Notes a mistake that only the caller can see. */
  public void reject(String name, String message) {
    // Of what is no object only that is said.
    if (object != null) {
      errors.add(new FieldError(place + name, message));
    }
  }

  /** How many mistakes there are by now. */
  public int mistakes() {
    return errors.size();
  }

  /** Null if absent. */
  public String text(String name, int maxLength) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    if (!node.isTextual()) {
      reject(name, "has to be a text.");
      return null;
    }
    String mistake = TextRules.mistake(node.textValue(), maxLength);
    if (mistake != null) {
      reject(name, mistake);
      return null;
    }
    return node.textValue();
  }

  /** Present and not blank; null only after a mistake. */
  public String requiredText(String name, int maxLength) {
    int before = mistakes();
    String text = text(name, maxLength);
    if (mistakes() == before && (text == null || text.isBlank())) {
      reject(name, "is required.");
      return null;
    }
    return text;
  }

  /** Null if absent. */
  public Boolean bool(String name) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    if (!node.isBoolean()) {
      reject(name, "has to be true or false.");
      return null;
    }
    return node.booleanValue();
  }

  /** Null if absent. */
  public Integer integer(String name, int least, int most) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      reject(name, "has to be a whole number from " + least + " to " + most + ".");
      return null;
    }
    return node.intValue();
  }

  /** Null if absent. */
  public BigDecimal decimal(String name, String least, String most, int decimals) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    // A huge exponent would make a number of as many digits: precision and scale are looked at, and
    // nothing is computed, before it is known to be small.
    BigDecimal number = node.isNumber() ? node.decimalValue() : null;
    if (number == null
        || Math.abs((long) number.scale()) > 40
        || number.precision() > 40
        || number.compareTo(new BigDecimal(least)) < 0
        || number.compareTo(new BigDecimal(most)) > 0
        || number.stripTrailingZeros().scale() > decimals) {
      reject(
          name,
          "has to be a number from %s to %s with at most %d decimals."
              .formatted(least, most, decimals));
      return null;
    }
    return number;
  }

  /** An instant with its offset, as in 2026-01-31T08:00:00Z; null if absent. */
  public Instant instant(String name) {
    String text = text(name, 40);
    if (text == null) {
      return null;
    }
    try {
      return Instants.parse(text);
    } catch (DateTimeException e) {
      reject(name, "has to be an instant such as 2026-01-31T08:00:00Z.");
      return null;
    }
  }

  /** Null if absent. */
  public <E extends Enum<E>> E oneOf(String name, Class<E> values) {
    String text = text(name, 100);
    if (text == null) {
      return null;
    }
    for (E value : values.getEnumConstants()) {
      if (value.name().equals(text)) {
        return value;
      }
    }
    reject(name, "has to be one of " + Arrays.toString(values.getEnumConstants()) + ".");
    return null;
  }

  /** Null if absent. */
  public List<String> texts(String name, int maxItems, int maxLength) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    if (!node.isArray() || node.size() > maxItems) {
      reject(name, "has to be a list of at most " + maxItems + " texts.");
      return null;
    }
    List<String> texts = new ArrayList<>(node.size());
    int before = mistakes();
    for (int i = 0; i < node.size(); i++) {
      String mistake =
          node.get(i).isTextual()
              ? TextRules.mistake(node.get(i).textValue(), maxLength)
              : "has to be a text.";
      if (mistake != null) {
        reject(name + "[" + i + "]", mistake);
      }
      texts.add(node.get(i).textValue());
    }
    return mistakes() == before ? texts : null;
  }

  /** A JSON value as it is; null if absent. */
  public JsonNode json(String name) {
    return value(name);
  }

  /** An object; null if absent. */
  public JsonFields object(String name) {
    JsonNode node = value(name);
    if (node == null) {
      return null;
    }
    if (!(node instanceof ObjectNode child)) {
      reject(name, "has to be an object.");
      return null;
    }
    return child(child, name);
  }

  /** The objects of a list that has to be there; empty only after a mistake. */
  public List<JsonFields> objects(String name, int maxItems) {
    JsonNode node = value(name);
    if (node == null || !node.isArray() || node.isEmpty() || node.size() > maxItems) {
      reject(name, "has to be a list of 1 to " + maxItems + " objects.");
      return List.of();
    }
    List<JsonFields> objects = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      String item = name + "[" + i + "]";
      if (node.get(i) instanceof ObjectNode child) {
        objects.add(child(child, item));
      } else {
        reject(item, "has to be an object.");
      }
    }
    return objects;
  }

  /**
   * The objects of a list that has to be there, each with its own mistakes: what is wrong with one
   * does not count against the others, nor here.
   */
  public List<JsonFields> separateObjects(String name, int maxItems) {
    JsonNode node = value(name);
    if (node == null || !node.isArray() || node.isEmpty() || node.size() > maxItems) {
      reject(name, "has to be a list of 1 to " + maxItems + " objects.");
      return List.of();
    }
    List<JsonFields> objects = new ArrayList<>(node.size());
    for (JsonNode element : node) {
      JsonFields fields =
          new JsonFields(element instanceof ObjectNode o ? o : null, "", new ArrayList<>());
      if (fields.object == null) {
        fields.errors.add(new FieldError("", "has to be an object."));
      }
      objects.add(fields);
    }
    return objects;
  }

  private JsonFields child(ObjectNode node, String name) {
    JsonFields child = new JsonFields(node, place + name + ".", errors);
    children.add(child);
    return child;
  }

  /** All mistakes, those in fields that nobody knows included; call it after reading them all. */
  public List<FieldError> finish() {
    refuseUnknown();
    return errors.size() > MAX_SHOWN ? errors.subList(0, MAX_SHOWN) : errors;
  }

  /**
   * To be called when every field has been read.
   *
   * @throws HttpProblem 400 that names every mistake
   */
  public void check() {
    List<FieldError> mistakes = finish();
    if (!mistakes.isEmpty()) {
      throw HttpProblem.invalid(mistakes);
    }
  }

  private void refuseUnknown() {
    if (object == null) {
      return;
    }
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                reject(shown(name), "is not a field that is known here.");
              }
            });
    children.forEach(JsonFields::refuseUnknown);
  }

  private static String shown(String name) {
    String cut = name.length() > 60 ? name.substring(0, 60) : name;
    return cut.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private JsonNode value(String name) {
    known.add(name);
    JsonNode node = object == null ? null : object.get(name);
    return node == null || node.isNull() ? null : node;
  }
}
