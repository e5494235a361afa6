package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.check.PromptInput;
import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One version of the prompt. Its texts are resources named after the version. They never change,
 * since emails refer to the version.
 *
 * @param system the task; the same for every client
 * @param user with {@code {{data}}} where the client's facts go, as JSON
 * @param repair with {@code {{rejected}}} where an answer and its faults go, as JSON
 */
record Prompt(String system, String user, String repair) {

  private static final Map<String, Prompt> KNOWN = new ConcurrentHashMap<>();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bytes of a request for a quoted answer: longer than any answer that the schema allows. */
  private static final int MAX_ANSWER = 10_000;

  /** Bytes of a request for one of its faults. */
  private static final int MAX_FAULT = 300;

  /**
   * The prompt of a version; null if there is none.
   *
   * @param version such as {@code winback-v1}
   */
  static Prompt find(String version) {
    // A name from a settings row must not lead to any other resource.
    return version.matches("[a-z0-9][a-z0-9-]{0,63}")
        ? KNOWN.computeIfAbsent(version, Prompt::load)
        : null;
  }

  private static Prompt load(String version) {
    String path = "prompts/" + version + ".";
    String system = Resources.find(Prompt.class, path + "system.txt");
    return system == null
        ? null
        : new Prompt(
            system,
            Resources.get(Prompt.class, path + "user.txt"),
            Resources.get(Prompt.class, path + "repair.txt"));
  }

  String user(PromptInput input) {
    return Placeholders.BRACES.fill(user, Map.of("data", data(input).toPrettyString()));
  }

  /**
   * The same request after an answer that cannot be sent. The answer and the quotes of its checks
   * are data, on one line of JSON that cannot contain a tag.
   *
   * @param answer null if there was no text
   */
  String repair(PromptInput input, String answer, List<CheckResult> checks) {
    ObjectNode rejected = JSON.createObjectNode();
    ArrayNode faults = rejected.putArray("faults");
    for (CheckResult check : checks) {
      if (!check.passed()) {
        faults
            .addObject()
            .put("check", check.name())
            .put("found", beginning(check.detail(), MAX_FAULT));
      }
    }
    rejected.put("answer", beginning(answer, MAX_ANSWER));
    // UTF-8 has no half of a surrogate pair, by the model or by the cut.
    byte[] encoded = rejected.toString().replace("<", "\\u003c").getBytes(StandardCharsets.UTF_8);
    String json = new String(encoded, StandardCharsets.UTF_8);
    return user(input).stripTrailing()
        + "\n\n"
        + Placeholders.BRACES.fill(repair, Map.of("rejected", json));
  }

  /** The beginning of a text that takes that many bytes as JSON within the JSON of a request. */
  private static String beginning(String text, int bytes) {
    if (text == null) {
      return null;
    }
    int end = 0;
    int left = bytes;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      left -= bytes(c);
      if (left < 0) {
        break;
      }
      end += Character.charCount(c);
    }
    return text.substring(0, end);
  }

  private static int bytes(int c) {
    if (c < ' ' || c == '<') {
      return "\\\\u003c".length();
    }
    if (c == '"' || c == '\\') {
      return "\\\\\\\"".length();
    }
    if (Character.isSupplementaryCodePoint(c)) {
      return "\\ud83e\\udd8a".length(); // Jackson writes them so, unless it is told otherwise.
    }
    return c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
  }

  private static ObjectNode data(PromptInput input) {
    EmailFacts facts = input.facts();
    ObjectNode data = JSON.createObjectNode();
    data.put("shop", input.shopName());
    data.put("language", input.language().name());
    data.put("tone", input.tone());
    data.put("offer", input.offer());
    data.put("has_name", !input.name().isEmpty());
    data.put(
        "last_order_date",
        facts.lastOrderAt() == null
            ? null
            : facts.lastOrderAt().atZone(facts.zone()).toLocalDate().toString());
    data.put("number_of_orders", facts.orderCount());
    data.put(
        "average_order_value",
        facts.averageOrderValue() == null
            ? null
            : facts.averageOrderValue().setScale(2, RoundingMode.HALF_UP).toPlainString());
    ArrayNode categories = data.putArray("preferred_categories");
    input.categories().forEach(categories::add);
    ArrayNode links = data.putArray("links");
    links.addObject().put("id", PromptInput.SHOP_LINK).put("leads_to", "the shop");
    return data;
  }
}
