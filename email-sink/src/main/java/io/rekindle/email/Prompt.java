package io.rekindle.email;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One version of what a model is told; its texts are resources of that name and never change, since
 * emails refer to it.
 *
 * @param version such as {@code winback-v1}
 * @param system what a model is to do; the same for every client
 * @param user with {@code {{data}}} where the client's facts go, as JSON
 * @param repair with {@code {{errors}}} where the faults of an answer go
 */
record Prompt(String version, String system, String user, String repair) {

  private static final Map<String, Prompt> KNOWN = new ConcurrentHashMap<>();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The prompt of that version; null if there is none. */
  static Prompt find(String version) {
    // A name from a settings row must not lead to any other resource.
    return version.matches("[a-z0-9][a-z0-9-]{0,63}")
        ? KNOWN.computeIfAbsent(version, Prompt::load)
        : null;
  }

  private static Prompt load(String version) {
    String path = "prompts/" + version + ".";
    String system = Resources.find(path + "system.txt");
    return system == null
        ? null
        : new Prompt(
            version, system, Resources.get(path + "user.txt"), Resources.get(path + "repair.txt"));
  }

  String user(Brief brief) {
    return Placeholders.fill(user, Map.of("data", data(brief).toPrettyString()));
  }

  String repair(String errors) {
    return Placeholders.fill(repair, Map.of("errors", errors));
  }

  private static ObjectNode data(Brief brief) {
    EmailFacts facts = brief.facts();
    ObjectNode data = JSON.createObjectNode();
    data.put("shop", brief.shopName());
    data.put("language", brief.language().name());
    data.put("tone", brief.tone());
    data.put("offer", brief.offer());
    data.put("has_name", !brief.name().isEmpty());
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
    brief.categories().forEach(categories::add);
    ArrayNode links = data.putArray("links");
    brief.linkIds().forEach(id -> links.addObject().put("id", id).put("leads_to", "the shop"));
    return data;
  }
}
