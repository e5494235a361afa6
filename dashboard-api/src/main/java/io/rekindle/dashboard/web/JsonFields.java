package io.rekindle.dashboard.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.dashboard.database.TextRules;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import io.rekindle.platform.text.Instants;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The fields of a JSON object in a request. Every mistake is collected under its place, so that the
 * answer names all of them. {@link #check()} refuses the request if there is any; a field that was
 * not read is one. Until then a field with a mistake reads as absent.
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
    // An element that is not an object has only this one mistake.
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
    return read(name, "true or false.", node -> node.isBoolean() ? node.booleanValue() : null);
  }

  /** Null if absent. */
  public Integer integer(String name, int least, int most) {
    return read(
        name,
        "a whole number from " + least + " to " + most + ".",
        node ->
            node.isIntegralNumber()
                    && node.canConvertToInt()
                    && node.intValue() >= least
                    && node.intValue() <= most
                ? node.intValue()
                : null);
  }

  /** Null if absent. */
  public BigDecimal decimal(String name, String least, String most, int decimals) {
    return read(
        name,
        "a number from %s to %s with at most %d decimals.".formatted(least, most, decimals),
        node -> {
          // A huge exponent would make a number of as many digits: precision and scale are looked
          // at, and nothing is computed, before it is known to be small.
          BigDecimal number = node.isNumber() ? node.decimalValue() : null;
          return number == null
                  || Math.abs((long) number.scale()) > 40
                  || number.precision() > 40
                  || number.compareTo(new BigDecimal(least)) < 0
                  || number.compareTo(new BigDecimal(most)) > 0
                  || number.stripTrailingZeros().scale() > decimals
              ? null
              : number;
        });
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
    List<E> all = List.of(values.getEnumConstants());
    Optional<E> named = all.stream().filter(value -> value.name().equals(text)).findFirst();
    if (named.isEmpty()) {
      reject(name, "has to be one of " + all + ".");
    }
    return named.orElse(null);
  }

  /** Null if absent. */
  public List<String> texts(String name, int maxItems, int maxLength) {
    JsonNode node =
        read(
            name,
            "a list of at most " + maxItems + " texts.",
            list -> list.isArray() && list.size() <= maxItems ? list : null);
    if (node == null) {
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

  /** Rejects a field that is absent; returns its value, which is null only after a mistake. */
  public <T> T required(String name, T value) {
    if (value(name) == null) {
      reject(name, "is required.");
    }
    return value;
  }

  /** The objects of a list that has to be there; empty only after a mistake. */
  public List<JsonFields> objects(String name, int maxItems) {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonNode element : list(name, maxItems)) {
      String item = name + "[" + objects.size() + "]";
      if (!(element instanceof ObjectNode)) {
        reject(item, "has to be an object.");
      }
      objects.add(
          new JsonFields(element instanceof ObjectNode o ? o : null, place + item + ".", errors));
    }
    children.addAll(objects);
    return objects;
  }

  /**
   * The objects of a list that has to be there. Each collects its own mistakes, apart from the
   * others and from this object.
   */
  public List<JsonFields> separateObjects(String name, int maxItems) {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonNode element : list(name, maxItems)) {
      JsonFields fields =
          new JsonFields(element instanceof ObjectNode o ? o : null, "", new ArrayList<>());
      if (fields.object == null) {
        fields.errors.add(new FieldError("", "has to be an object."));
      }
      objects.add(fields);
    }
    return objects;
  }

  /** The elements of a list that has to be there; empty only after a mistake. */
  private List<JsonNode> list(String name, int maxItems) {
    JsonNode node = value(name);
    if (node == null || !node.isArray() || node.isEmpty() || node.size() > maxItems) {
      reject(name, "has to be a list of 1 to " + maxItems + " objects.");
      return List.of();
    }
    List<JsonNode> elements = new ArrayList<>(node.size());
    node.forEach(elements::add);
    return elements;
  }

  /** The value that a reader makes of a field; null if absent, or if the reader gives null. */
  private <T> T read(String name, String expected, Function<JsonNode, T> reader) {
    JsonNode node = value(name);
    T value = node == null ? null : reader.apply(node);
    if (node != null && value == null) {
      reject(name, "has to be " + expected);
    }
    return value;
  }

  /** All mistakes, unknown fields included; to be called when every field has been read. */
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
