package io.rekindle.email.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.email.compose.EmailContent;
import java.util.ArrayList;
import java.util.List;

/** The email that a model wrote. It fits the schema and is otherwise unchecked. */
public record LlmDraft(
    String subject,
    String preheader,
    String body,
    String action,
    String linkId,
    List<EmailContent.Item> items) {

  /** Stands for the client's name. */
  static final String NAME = "{{name}}";

  /** From JSON that is valid by the schema. */
  public static LlmDraft of(JsonNode json) {
    List<EmailContent.Item> items = new ArrayList<>();
    for (JsonNode item : json.get("suggested_items")) {
      items.add(
          new EmailContent.Item(item.get("category").textValue(), item.get("text").textValue()));
    }
    JsonNode action = json.get("call_to_action");
    return new LlmDraft(
        json.get("subject").textValue().strip(),
        json.get("preheader").textValue().strip(),
        json.get("body").textValue().strip(),
        action.get("text").textValue().strip(),
        action.get("link_id").textValue(),
        List.copyOf(items));
  }
}
