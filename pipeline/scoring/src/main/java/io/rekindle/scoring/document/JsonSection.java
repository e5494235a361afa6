package io.rekindle.scoring.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An object in a policy document. It knows its path, so that errors can name it. */
public final class JsonSection {

  private static final long DAY_MILLIS = 86_400_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final Pattern MONEY = Pattern.compile("(0|[1-9]\\d{0,11})\\.\\d{2}");

  // Numbers that nothing is computed from: any that is written by a program.
  private static final BigDecimal MAX_NUMBER = new BigDecimal("1e300");
  private static final int MAX_DECIMALS = 1_100;

  private final String path;
  private final JsonNode node;

  private JsonSection(String path, JsonNode node) {
    this.path = path;
    this.node = node;
  }

  /**
   * Reads a document.
   *
   * @throws InvalidPolicyException if the text is not one JSON object
   */
  public static JsonSection parse(String json) throws InvalidPolicyException {
    try {
      return of("$", MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new InvalidPolicyException("$", "is not JSON: " + e.getOriginalMessage());
    }
  }

  private static JsonSection of(String path, JsonNode node) throws InvalidPolicyException {
    if (!node.isObject()) {
      throw new InvalidPolicyException(path, "must be an object, but is " + excerpt(node));
    }
    return new JsonSection(path, node);
  }

  /** The object in Jackson's form. */
  public JsonNode node() {
    return node;
  }

  /** Refuses all other fields. */
  public JsonSection allowOnly(String... fields) throws InvalidPolicyException {
    return allowOnly(List.of(fields));
  }

  /** Refuses all other fields. The message lists the allowed fields in this order. */
  public JsonSection allowOnly(List<String> allowed) throws InvalidPolicyException {
    for (var field : node.properties()) {
      if (!allowed.contains(field.getKey())) {
        throw invalid(
            field.getKey(), "is not known here: remove it, or use one of " + allowed + " instead");
      }
    }
    return this;
  }

  /** Whether the field exists and is not null. */
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** The object in a field. */
  public JsonSection section(String field) throws InvalidPolicyException {
    return of(pathOf(field), required(field));
  }

  /** The objects of a list in a field: at least one. */
  public List<JsonSection> sections(String field) throws InvalidPolicyException {
    JsonNode array = required(field);
    if (!array.isArray() || array.isEmpty()) {
      throw invalid(field, "must be a list of at least one object, but is " + excerpt(array));
    }
    List<JsonSection> sections = new ArrayList<>();
    for (JsonNode item : array) {
      sections.add(of(pathOf(field) + "[" + sections.size() + "]", item));
    }
    return sections;
  }

  /**
   * A text.
   *
   * @param meaning completes "must be" in the error
   */
  public String text(String field, Pattern pattern, String meaning) throws InvalidPolicyException {
    JsonNode value = required(field);
    if (!value.isTextual() || !pattern.matcher(value.textValue()).matches()) {
      throw invalid(field, "must be " + meaning + ", but is " + excerpt(value));
    }
    return value.textValue();
  }

  /** The constant of that name. */
  public <T extends Enum<T>> T oneOf(String field, List<T> values) throws InvalidPolicyException {
    JsonNode value = required(field);
    for (T candidate : values) {
      if (candidate.name().equals(value.textValue())) {
        return candidate;
      }
    }
    throw invalid(field, "must be one of " + values + ", but is " + excerpt(value));
  }

  /** True or false. */
  public boolean flag(String field) throws InvalidPolicyException {
    JsonNode value = required(field);
    if (!value.isBoolean()) {
      throw invalid(field, "must be true or false, but is " + excerpt(value));
    }
    return value.booleanValue();
  }

  /** A whole number from {@code min} to {@code max}. */
  public int whole(String field, int min, int max) throws InvalidPolicyException {
    return decimal(field, 0, BigDecimal.valueOf(min), BigDecimal.valueOf(max)).intValueExact();
  }

  /** A list of whole numbers from {@code min} to {@code max}, exactly {@code size} of them. */
  public int[] wholes(String field, int size, int min, int max) throws InvalidPolicyException {
    JsonNode list = list(field);
    if (list.size() != size) {
      throw invalid(field, "must have " + size + " numbers, but has " + list.size());
    }
    int[] numbers = new int[size];
    for (int i = 0; i < size; i++) {
      numbers[i] =
          decimal(
                  field + "[" + i + "]",
                  list.get(i),
                  0,
                  BigDecimal.valueOf(min),
                  BigDecimal.valueOf(max))
              .intValueExact();
    }
    return numbers;
  }

  /** Any number of the size and precision of a double. */
  public void number(String field) throws InvalidPolicyException {
    decimal(field, required(field), MAX_DECIMALS, MAX_NUMBER.negate(), MAX_NUMBER);
  }

  /** A list of such numbers, at most {@code max} of them. */
  public void numbers(String field, int max) throws InvalidPolicyException {
    JsonNode list = list(field);
    if (list.size() > max) {
      throw invalid(field, "must have at most " + max + " numbers, but has " + list.size());
    }
    for (int i = 0; i < list.size(); i++) {
      decimal(field + "[" + i + "]", list.get(i), MAX_DECIMALS, MAX_NUMBER.negate(), MAX_NUMBER);
    }
  }

  private JsonNode list(String field) throws InvalidPolicyException {
    JsonNode list = required(field);
    if (!list.isArray()) {
      throw invalid(field, "must be a list of numbers, but is " + excerpt(list));
    }
    return list;
  }

  /** A number with at most three decimals, in thousandths. */
  public long thousandths(String field, String min, int max) throws InvalidPolicyException {
    return decimal(field, 3, new BigDecimal(min), BigDecimal.valueOf(max))
        .movePointRight(3)
        .longValueExact();
  }

  /** Days with at most three decimals, in milliseconds. */
  public long days(String field, String min, int max) throws InvalidPolicyException {
    return thousandths(field, min, max) * (DAY_MILLIS / 1000);
  }

  /** An amount above zero, in hundredths. */
  public long money(String field) throws InvalidPolicyException {
    JsonNode value = required(field);
    if (value.isTextual() && MONEY.matcher(value.textValue()).matches()) {
      long minor = new BigDecimal(value.textValue()).movePointRight(2).longValueExact();
      if (minor > 0) {
        return minor;
      }
    }
    throw invalid(
        field,
        "must be an amount above zero in quotes with two decimals such as \"50.00\", but is "
            + excerpt(value));
  }

  /** The error that a field of this object has a problem. */
  public InvalidPolicyException invalid(String field, String problem) {
    return new InvalidPolicyException(pathOf(field), problem);
  }

  /** The error that this object has a problem. */
  public InvalidPolicyException invalid(String problem) {
    return new InvalidPolicyException(path, problem);
  }

  /** The names of all fields, in the order of the document. */
  public List<String> fieldNames() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private BigDecimal decimal(String field, int decimals, BigDecimal min, BigDecimal max)
      throws InvalidPolicyException {
    return decimal(field, required(field), decimals, min, max);
  }

  private BigDecimal decimal(
      String field, JsonNode value, int decimals, BigDecimal min, BigDecimal max)
      throws InvalidPolicyException {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue().stripTrailingZeros();
      if (number.scale() <= decimals && number.compareTo(min) >= 0 && number.compareTo(max) <= 0) {
        return number;
      }
    }
    throw invalid(
        field,
        "must be a "
            + (decimals == 0 ? "whole number" : "number with at most " + decimals + " decimals")
            + " from "
            + min.toPlainString()
            + " to "
            + max.toPlainString()
            + ", but is "
            + excerpt(value));
  }

  private JsonNode required(String field) throws InvalidPolicyException {
    if (!has(field)) {
      throw invalid(field, "is missing: add it");
    }
    return node.get(field);
  }

  private String pathOf(String field) {
    return path + "." + field;
  }

  private static String excerpt(JsonNode value) {
    String text = value.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
