package io.rekindle.scoring.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * One spelling of all JSON documents with the same content: sorted fields, no null fields, numbers
 * without exponent and trailing zeros, no white space. A database that stores documents in its own
 * form cannot change it.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  /** The document in canonical form. */
  public static String of(JsonNode node) {
    StringBuilder out = new StringBuilder();
    write(node, out);
    return out.toString();
  }

  private static void write(JsonNode node, StringBuilder out) {
    if (node.isObject()) {
      Map<String, JsonNode> fields = new TreeMap<>();
      node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      fields.values().removeIf(JsonNode::isNull);
      String separator = "{";
      for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
        out.append(separator).append(quoted(field.getKey())).append(':');
        write(field.getValue(), out);
        separator = ",";
      }
      out.append(fields.isEmpty() ? "{}" : "}");
    } else if (node.isArray()) {
      out.append('[');
      for (Iterator<JsonNode> items = node.elements(); items.hasNext(); ) {
        write(items.next(), out);
        out.append(items.hasNext() ? "," : "");
      }
      out.append(']');
    } else if (node.isNumber()) {
      BigDecimal number = node.decimalValue();
      out.append(number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
    } else {
      out.append(node.isTextual() ? quoted(node.textValue()) : node.asText());
    }
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }
}
