package io.rekindle.connectors.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Says what a new version of a JSON Schema breaks for those who know the old one.
 *
 * <p>It knows the keywords that our schemas use. A change of any other keyword that restricts
 * values, such as a condition, counts as breaking, since nothing here can tell that it is not.
 */
final class Compatibility {

  /** On which side of the topic the others are. */
  enum Side {
    /** Others write what the schema describes: what they send must stay valid. */
    INPUT,
    /** Others read it: what they rely on must stay. */
    OUTPUT;

    static Side of(JsonNode schema) {
      return switch (schema.path("x-compatibility").asText()) {
        case "input" -> INPUT;
        case "output" -> OUTPUT;
        default -> throw new IllegalArgumentException("x-compatibility has to be input or output");
      };
    }
  }

  private static final Set<String> TYPES =
      Set.of("string", "integer", "number", "boolean", "object", "array", "null");

  /** For people only, or compared on their own. */
  private static final Set<String> COMPARED =
      Set.of(
          "$schema",
          "title",
          "description",
          "x-compatibility",
          "x-open-enum",
          "type",
          "enum",
          "properties",
          "required",
          "items",
          "minimum",
          "maximum",
          "minLength",
          "maxLength",
          "additionalProperties");

  private final Side side;
  private final List<String> breaks = new ArrayList<>();

  private Compatibility(Side side) {
    this.side = side;
  }

  /** What breaks, a sentence each; empty if nothing does. */
  static List<String> breaks(JsonNode released, JsonNode current) {
    Compatibility compatibility = new Compatibility(Side.of(released));
    if (Side.of(current) != compatibility.side) {
      compatibility.say("", "changed sides: x-compatibility is part of the contract");
      return compatibility.breaks;
    }
    compatibility.compare("", released, current);
    return compatibility.breaks;
  }

  private void compare(String path, JsonNode released, JsonNode current) {
    compareTypes(path, released, current);
    compareEnums(path, released, current);
    compareOpenEnums(path, released, current);
    compareBound(path, "minimum", released, current, true);
    compareBound(path, "maximum", released, current, false);
    compareBound(path, "minLength", released, current, true);
    compareBound(path, "maxLength", released, current, false);
    compareRequired(path, released, current);
    compareProperties(path, released, current);
    if (released.has("items")) {
      compare(path + "[]", released.get("items"), current.path("items"));
    } else if (side == Side.INPUT && current.has("items")) {
      say(path, "restricts its items, which it did not");
    }
    if (sameCondition(released, current)) {
      compare(path, released.get("then"), current.get("then"));
    }
    compareOthers(path, released, current);
  }

  /** Whether both have a "then" under the same condition, which is compared like a schema. */
  private static boolean sameCondition(JsonNode released, JsonNode current) {
    return released.has("then")
        && current.has("then")
        && released.path("if").equals(current.path("if"));
  }

  private void compareTypes(String path, JsonNode released, JsonNode current) {
    Set<String> before = types(released);
    Set<String> now = types(current);
    Set<String> gone = minus(before, now);
    Set<String> added = minus(now, before);
    if (side == Side.INPUT && !gone.isEmpty()) {
      say(path, "no longer takes the type " + String.join(", ", gone));
    }
    if (side == Side.OUTPUT && !added.isEmpty()) {
      say(path, "may now be of the type " + String.join(", ", added));
    }
  }

  private static Set<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    Set<String> types = new LinkedHashSet<>();
    if (type.isTextual()) {
      types.add(type.asText());
    }
    type.forEach(name -> types.add(name.asText()));
    if (types.isEmpty()) {
      types.addAll(TYPES);
    }
    if (types.contains("number")) {
      types.add("integer"); // Every integer is a number.
    }
    return types;
  }

  private void compareEnums(String path, JsonNode released, JsonNode current) {
    boolean was = released.has("enum");
    boolean is = current.has("enum");
    Set<String> gone = minus(values(released, "enum"), values(current, "enum"));
    Set<String> added = minus(values(current, "enum"), values(released, "enum"));
    if (side == Side.INPUT && is && (!was || !gone.isEmpty())) {
      say(path, was ? "no longer takes " + String.join(", ", gone) : "takes only some values now");
    }
    if (side == Side.OUTPUT && was && (!is || !added.isEmpty())) {
      say(path, is ? "may now be " + String.join(", ", added) : "may now have any value");
    }
  }

  private void compareOpenEnums(String path, JsonNode released, JsonNode current) {
    Set<String> gone = minus(values(released, "x-open-enum"), values(current, "x-open-enum"));
    if (!gone.isEmpty()) {
      say(path, "does not know " + String.join(", ", gone) + " any more");
    }
  }

  private void compareBound(
      String path, String keyword, JsonNode released, JsonNode current, boolean lower) {
    double none = lower ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    double before = released.path(keyword).asDouble(none);
    double now = current.path(keyword).asDouble(none);
    boolean narrower = lower ? now > before : now < before;
    boolean wider = lower ? now < before : now > before;
    if (side == Side.INPUT ? narrower : wider) {
      say(path, "has another " + keyword + ": " + now + ", not " + before);
    }
  }

  private void compareRequired(String path, JsonNode released, JsonNode current) {
    Set<String> before = values(released, "required");
    Set<String> now = values(current, "required");
    if (side == Side.INPUT) {
      minus(now, before).forEach(name -> say(child(path, name), "is required now"));
    } else {
      minus(before, now).forEach(name -> say(child(path, name), "is not always there any more"));
    }
  }

  private void compareProperties(String path, JsonNode released, JsonNode current) {
    released
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String child = child(path, property.getKey());
              JsonNode now = current.path("properties").path(property.getKey());
              if (now.isMissingNode()) {
                say(child, "is gone");
              } else {
                compare(child, property.getValue(), now);
              }
            });
    if (side == Side.INPUT && isClosed(current) && !isClosed(released)) {
      say(path, "takes no further properties any more");
    }
    if (side == Side.OUTPUT && isClosed(released) && !isClosed(current)) {
      say(path, "may have properties that nobody described");
    }
  }

  private static boolean isClosed(JsonNode schema) {
    return schema.path("additionalProperties").isBoolean()
        && !schema.get("additionalProperties").asBoolean();
  }

  private void compareOthers(String path, JsonNode released, JsonNode current) {
    Set<String> keywords = new LinkedHashSet<>();
    released.fieldNames().forEachRemaining(keywords::add);
    current.fieldNames().forEachRemaining(keywords::add);
    keywords.removeAll(COMPARED);
    if (sameCondition(released, current)) {
      keywords.remove("then");
    }
    for (String keyword : keywords) {
      JsonNode before = released.path(keyword);
      JsonNode now = current.path(keyword);
      boolean harmless =
          before.equals(now)
              || (side == Side.INPUT && now instanceof MissingNode)
              || (side == Side.OUTPUT && before instanceof MissingNode);
      if (!harmless) {
        say(path, "has another " + keyword + ", which may break anything");
      }
    }
  }

  private static Set<String> values(JsonNode schema, String keyword) {
    Set<String> values = new LinkedHashSet<>();
    schema.path(keyword).forEach(value -> values.add(value.asText()));
    return values;
  }

  private static Set<String> minus(Collection<String> all, Collection<String> some) {
    Set<String> rest = new LinkedHashSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private void say(String path, String what) {
    breaks.add((path.isEmpty() ? "The event" : path) + " " + what + ".");
  }

  /** All files of a release against those of today, by the reader of a file name. */
  static List<String> breaks(
      Collection<String> releasedNames,
      Function<String, JsonNode> released,
      Collection<String> currentNames,
      Function<String, JsonNode> current) {
    List<String> breaks = new ArrayList<>();
    for (String name : releasedNames) {
      if (!currentNames.contains(name)) {
        breaks.add(name + ": The schema is gone.");
        continue;
      }
      breaks(released.apply(name), current.apply(name)).stream()
          .map(sentence -> name + ": " + sentence)
          .forEach(breaks::add);
    }
    return breaks;
  }
}
