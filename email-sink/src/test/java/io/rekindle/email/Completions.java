package io.rekindle.email;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/** Answers as chat-completions APIs give them. */
public final class Completions {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Completions() {}

  /** A draft that nothing is wrong with, for a client with orders in Books and Tea. */
  public static ObjectNode draft() {
    ObjectNode draft = JSON.createObjectNode();
    draft.put("subject", "{{name}}, the new shelves are up");
    draft.put("preheader", "Books and teas for quiet evenings have come in.");
    draft.put(
        "body",
        "<p>Hello {{name}},</p><p>It has been a while since your order on 14 March 2025, and we"
            + " have thought of you. You have been with us for 12 orders, and that means a lot to"
            + " all of us here.</p><p>There is plenty to look at: <strong>books</strong> for long"
            + " evenings, and teas to go with them. Have a look when you like, we would love to see"
            + " you again.</p><p>Warm regards,<br>your friends at the shop</p>");
    draft.putObject("call_to_action").put("text", "See what is new").put("link_id", "shop");
    ArrayNode items = draft.putArray("suggested_items");
    items
        .addObject()
        .put("category", "Books")
        .put("text", "Stories to get lost in for an evening.");
    items.addObject().put("category", "Tea").put("text", "Leaves that smell of a summer garden.");
    return draft;
  }

  public static String draft(Consumer<ObjectNode> change) {
    ObjectNode draft = draft();
    change.accept(draft);
    return draft.toString();
  }

  /** A draft whose body has another sentence. */
  public static String saying(String sentence) {
    return draft(
        draft -> draft.put("body", draft.get("body").textValue() + "<p>" + sentence + "</p>"));
  }

  /** The answer around a text. */
  public static String completion(String content) {
    return completion(content, "stop", message -> {});
  }

  public static String completion(String content, String finish, Consumer<ObjectNode> change) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("id", "gen-1").put("model", "acme/served-1").put("object", "chat.completion");
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finish);
    ObjectNode message = choice.putObject("message");
    message.put("role", "assistant").put("content", content).putNull("refusal");
    change.accept(message);
    ObjectNode usage = answer.putObject("usage");
    usage.put("prompt_tokens", 900).put("completion_tokens", 300).put("total_tokens", 1200);
    usage.put("cost", 0.0011);
    return answer.toString();
  }
}
