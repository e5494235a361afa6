package io.rekindle.email;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What a model wrote, in the schema's form and otherwise unchecked. */
record Draft(
    String subject,
    String preheader,
    String body,
    String action,
    String linkId,
    List<Letter.Item> items) {

  /** Where the client's name goes. */
  static final String NAME = "{{name}}";

  /** From JSON that is valid by the schema. */
  static Draft of(JsonNode json) {
    List<Letter.Item> items = new ArrayList<>();
    for (JsonNode item : json.get("suggested_items")) {
      items.add(new Letter.Item(item.get("category").textValue(), item.get("text").textValue()));
    }
    JsonNode action = json.get("call_to_action");
    return new Draft(
        json.get("subject").textValue().strip(),
        json.get("preheader").textValue().strip(),
        json.get("body").textValue().strip(),
        action.get("text").textValue().strip(),
        action.get("link_id").textValue(),
        List.copyOf(items));
  }
}
