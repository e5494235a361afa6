package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.email.CheckResult;
import io.rekindle.email.SingleLine;
import io.rekindle.email.llm.ChatResponse.Usage;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a response with a status of success. Servers put the text of the model into different
 * places, and end it for reasons that they name as they like. The text is what counts: a reason is
 * a fault only if there is no whole draft, or if the server has filtered it.
 */
final class AnswerReader {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> FILTERED =
      Set.of(
          "content_filter",
          "content-filter",
          "contentfilter",
          "safety",
          "refusal",
          "recitation",
          "blocklist",
          "prohibited_content",
          "spii",
          "sensitive",
          "guardrail_intervened",
          "guardrails",
          "moderation");

  private static final Set<String> CUT =
      Set.of(
          "length",
          "max_tokens",
          "max_completion_tokens",
          "max_output_tokens",
          "model_length",
          "token_limit",
          "tokens_limit",
          "error_limit",
          "model_context_window_exceeded");

  /** The server has failed. The same request may do better. */
  private static final Set<String> FAILED =
      Set.of("error", "server_error", "network_error", "insufficient_system_resource", "timeout");

  private static final Set<String> INTERRUPTED =
      Set.of(
          "abort", "aborted", "cancelled", "canceled", "tool_calls", "function_call", "tool_use");

  private static final Pattern PASSING =
      Pattern.compile(
          "overload|rate.?limit|too many requests|temporar|timed? ?out|unavailable|try again|busy",
          Pattern.CASE_INSENSITIVE);

  /** The largest plausible cost of an answer, in USD. */
  private static final double MAX_COST = 1e6;

  /** Decimals of a cost, which a server may give hundreds of. */
  private static final int MAX_COST_SCALE = 12;

  private static final int MAX_MODEL = 100;

  private final JsonNode answer;
  private final int sentTokens;
  private final JsonNode choice;
  private final JsonNode message;
  private final String text;
  private final List<CheckResult> checks = new ArrayList<>();

  private AnswerReader(JsonNode answer, int sentTokens) {
    this.answer = answer;
    this.sentTokens = sentTokens;
    JsonNode best = null;
    for (JsonNode each : answer.path("choices")) {
      if (best == null || text(message(best)).isEmpty()) {
        best = best == null || !text(message(each)).isEmpty() ? each : best;
      }
    }
    this.choice = best == null ? answer : best;
    this.message = message(choice);
    this.text = text(message);
  }

  /**
   * Reads a response.
   *
   * @param sentTokens the limit on tokens that the request had
   */
  static ChatResponse read(byte[] body, int sentTokens) {
    JsonNode answer;
    try {
      answer = Envelope.read(body);
    } catch (IOException e) {
      return ChatResponse.malformed("not JSON");
    }
    if (answer == null || !answer.isObject()) {
      return ChatResponse.malformed("not a JSON object");
    }
    return new AnswerReader(answer, sentTokens).read();
  }

  /** A text of the model that came within an error. */
  static ChatResponse ofText(String written) {
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("choices").addObject().putObject("message").put("content", written);
    return new AnswerReader(answer, 0).read();
  }

  private ChatResponse read() {
    JsonNode error = error();
    if (error != null) {
      return failed(error);
    }
    if (answer.path("choices").isArray() && answer.path("choices").isEmpty()) {
      // Some servers answer so to a limit that they do not know.
      checks.add(new CheckResult("answer", false, "no choice"));
      return response(ChatResponse.MALFORMED, null, false, false, true, FormFault.OF_ANYTHING);
    }
    if (!message.isObject()) {
      return fault("answer", ChatResponse.MALFORMED, "no message", false, false, true);
    }
    passed("answer");

    String finish = finish();
    String refusal = message.path("refusal").asText("");
    if (FILTERED.contains(finish) || (!refusal.isBlank() && !refusal.equals("null"))) {
      return fault("refusal", ChatResponse.REFUSED, refusal, false, false, false);
    }
    passed("refusal");
    if (CUT.contains(finish) && !DraftText.isWhole(text)) {
      return fault("finish", ChatResponse.CUT_OFF, "longer than it may be", true, false, false);
    }
    if (FAILED.contains(finish) && !DraftText.isWhole(text)) {
      return fault("finish", ChatResponse.ERROR_BODY, finish, false, true, true);
    }
    if (INTERRUPTED.contains(finish) && !DraftText.isWhole(text)) {
      return fault("finish", ChatResponse.UNFINISHED, finish, true, false, false);
    }
    passed("finish");
    if (text.isBlank()) {
      return fault("content", ChatResponse.EMPTY, "no text", true, false, false);
    }
    passed("content");
    return response(null, text, false, false, false, null);
  }

  private JsonNode error() {
    for (JsonNode error :
        List.of(answer.path("error"), choice.path("error"), answer.path("errors"))) {
      boolean given =
          error.isContainerNode()
              ? !error.isEmpty()
              : !error.asText("").isBlank() && !error.isBoolean() && !error.isNull();
      if (given) {
        return error;
      }
    }
    boolean bare =
        answer.path("object").asText("").equalsIgnoreCase("error") || answer.has("detail");
    return bare && !answer.has("choices") ? answer : null;
  }

  private ChatResponse failed(JsonNode error) {
    ErrorText shown = ErrorText.of(error);
    if (!shown.failedGeneration().isBlank()) {
      return ofText(shown.failedGeneration());
    }
    if (shown.isFilter()) {
      return fault("refusal", ChatResponse.REFUSED, shown.text(), false, false, false);
    }
    int code = error.path("code").asInt(error.path("status").asInt(0));
    boolean quota = shown.isQuota(code == 0 ? 400 : code);
    // Without a number, only an error that names a part is about the form.
    FormFault refusal =
        quota ? null : FormFault.read(code < 400 ? 500 : code, shown.text(), error, sentTokens);
    boolean retryable =
        refusal == null
            && !quota
            && (code == 0 ? PASSING.matcher(shown.text()).find() : ChatResponse.isTransient(code));
    checks.add(shown.check("answer", ChatResponse.MAX_DETAIL));
    return response(ChatResponse.ERROR_BODY, null, false, retryable, refusal == null, refusal);
  }

  private static JsonNode message(JsonNode choice) {
    for (String name : List.of("message", "delta")) {
      if (choice.path(name).isObject()) {
        return choice.path(name);
      }
    }
    // Of the older completions, or the message itself, as by Anthropic's and Google's own APIs.
    if (choice.path("text").isTextual()
        || choice.path("content").isArray()
        || choice.path("content").isObject()) {
      return choice;
    }
    return choice.path("candidates").path(0);
  }

  /** The text of a message; empty if it has none. */
  private static String text(JsonNode message) {
    String content = parts(message.path("content")).strip();
    if (content.isEmpty()) {
      content = message.path("text").asText("").strip();
    }
    if (content.isEmpty()) {
      JsonNode call = message.path("tool_calls").path(0).path("function");
      content =
          value(call.isObject() ? call.path("arguments") : message.at("/function_call/arguments"));
    }
    if (content.isEmpty() && message.path("parsed").isObject()) {
      content = message.path("parsed").toString();
    }
    return content.isEmpty() ? draftAmongThoughts(message) : content;
  }

  /** Some servers take an answer for a thought. Only a whole draft tells it from one. */
  private static String draftAmongThoughts(JsonNode message) {
    for (String name : List.of("reasoning_content", "reasoning", "thinking")) {
      String thoughts = parts(message.path(name));
      if (DraftText.isWhole(thoughts)) {
        return thoughts;
      }
    }
    return "";
  }

  /** A text as it is, or in parts without those that are thoughts. */
  private static String parts(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    if (content.isArray()) {
      StringBuilder all = new StringBuilder();
      for (JsonNode part : content) {
        String type = part.path("type").asText("");
        if (!type.contains("think")
            && !type.contains("reason")
            && !part.path("thought").asBoolean()) {
          all.append(part.isTextual() ? part.textValue() : parts(part));
        }
      }
      return all.toString();
    }
    if (content.isObject()) {
      for (String name : List.of("text", "parts", "content")) {
        if (content.path(name).isTextual() || content.path(name).isContainerNode()) {
          return parts(content.path(name));
        }
      }
      // The server has read the model's JSON already.
      return content.has("type") ? "" : content.toString();
    }
    return "";
  }

  private static String value(JsonNode arguments) {
    return arguments.isObject() ? arguments.toString() : arguments.asText("");
  }

  private String finish() {
    for (JsonNode from : List.of(choice, answer)) {
      for (String name : List.of("finish_reason", "finishReason", "stop_reason", "done_reason")) {
        if (from.path(name).isTextual()) {
          return from.path(name).textValue().strip().toLowerCase(Locale.ROOT);
        }
      }
    }
    return "";
  }

  private void passed(String check) {
    checks.add(new CheckResult(check, true, null));
  }

  private ChatResponse fault(
      String check,
      String reason,
      String detail,
      boolean repairable,
      boolean retryable,
      boolean unhealthy) {
    String shown = SingleLine.of(detail, ChatResponse.MAX_DETAIL);
    checks.add(new CheckResult(check, false, shown.isEmpty() ? null : shown));
    return response(reason, null, repairable, retryable, unhealthy, null);
  }

  private ChatResponse response(
      String reason,
      String content,
      boolean repairable,
      boolean retryable,
      boolean unhealthy,
      FormFault refusal) {
    String model = SingleLine.of(answer.path("model").asText(""), MAX_MODEL);
    return new ChatResponse(
        reason,
        content,
        repairable,
        retryable,
        null,
        unhealthy,
        refusal,
        model.isEmpty() ? null : model,
        usage(),
        List.copyOf(checks));
  }

  private Usage usage() {
    JsonNode usage = answer.path("usage");
    return new Usage(
        tokens(
            usage.path("prompt_tokens"),
            usage.path("input_tokens"),
            answer.path("prompt_eval_count")),
        tokens(
            usage.path("completion_tokens"),
            usage.path("output_tokens"),
            answer.path("eval_count")),
        cost(usage.path("cost")));
  }

  /** Null for anything but a believable amount: the largest numbers are read as infinite. */
  private static BigDecimal cost(JsonNode cost) {
    double approximately = cost.isNumber() ? cost.doubleValue() : Double.NaN;
    if (!(approximately >= 0 && approximately <= MAX_COST)) {
      return null;
    }
    BigDecimal exactly = cost.decimalValue();
    return exactly.scale() > MAX_COST_SCALE
        ? exactly.setScale(MAX_COST_SCALE, RoundingMode.UP)
        : exactly;
  }

  private static Integer tokens(JsonNode... counts) {
    for (JsonNode count : counts) {
      if (!count.isMissingNode() && !count.isNull()) {
        return count.isInt() && count.intValue() >= 0 ? count.intValue() : null;
      }
    }
    return null;
  }

  /** One JSON value, or the pieces of one that the server sends as a stream unasked. */
  private static final class Envelope {

    private final StringBuilder content = new StringBuilder();
    private final StringBuilder thoughts = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private final ObjectNode whole = JSON.createObjectNode();
    private String finish;

    static JsonNode read(byte[] body) throws IOException {
      if (isEventStream(body)) {
        return ofEvents(new String(body, StandardCharsets.UTF_8));
      }
      List<JsonNode> values = new ArrayList<>();
      try (MappingIterator<JsonNode> all = JSON.readerFor(JsonNode.class).readValues(body)) {
        JsonNode first = all.hasNextValue() ? all.nextValue() : null;
        if (first == null || !isPiece(first)) {
          return first != null && first.isArray() ? ofArray(first) : first;
        }
        values.add(first);
        while (all.hasNextValue()) {
          values.add(all.nextValue());
        }
      }
      return merged(values);
    }

    private static boolean isEventStream(byte[] body) {
      int length = Math.min(body.length, 200);
      String start =
          new String(body, 0, length, StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
      return start.startsWith("data:")
          || start.startsWith("event:")
          || start.startsWith("id:")
          || start.startsWith("retry:")
          || start.startsWith(":");
    }

    private static JsonNode ofEvents(String text) throws IOException {
      List<JsonNode> values = new ArrayList<>();
      StringBuilder rest = new StringBuilder();
      for (String line : text.replace("\uFEFF", "").lines().toList()) {
        String data = line.startsWith("data:") ? line.substring(5).strip() : "";
        if (data.startsWith("{")) {
          values.add(JSON.readTree(data));
        } else if (!line.matches("(data|event|id|retry)?:.*|(event|id|retry|data):.*")) {
          rest.append(line).append('\n');
        }
      }
      // A comment kept the connection open until the answer was there.
      return values.isEmpty() ? JSON.readTree(rest.toString().strip()) : merged(values);
    }

    private static JsonNode ofArray(JsonNode values) {
      List<JsonNode> all = new ArrayList<>();
      values.forEach(all::add);
      return all.isEmpty() ? values : isPiece(all.get(0)) ? merged(all) : all.get(0);
    }

    private static boolean isPiece(JsonNode value) {
      return (value.at("/choices/0/delta").isObject() && !value.at("/choices/0/message").isObject())
          || value.path("object").asText("").endsWith(".chunk")
          || (value.path("done").isBoolean() && !value.path("done").booleanValue());
    }

    private static JsonNode merged(List<JsonNode> pieces) {
      if (pieces.size() == 1 && !isPiece(pieces.get(0))) {
        return pieces.get(0);
      }
      Envelope envelope = new Envelope();
      pieces.forEach(envelope::add);
      return envelope.answer();
    }

    private void add(JsonNode piece) {
      for (String name : List.of("model", "usage", "error", "prompt_eval_count", "eval_count")) {
        if (piece.hasNonNull(name)) {
          whole.set(name, piece.get(name));
        }
      }
      JsonNode choice = piece.path("choices").path(0);
      JsonNode source = choice.isObject() ? choice : piece;
      JsonNode delta = message(source);
      if (!delta.isObject() && source.path("delta").isObject()) {
        delta = source.path("delta");
      }
      content.append(parts(delta.path("content")));
      content.append(delta.path("text").asText(""));
      thoughts.append(parts(delta.path("reasoning_content")));
      thoughts.append(parts(delta.path("reasoning")));
      arguments.append(delta.at("/tool_calls/0/function/arguments").asText(""));
      for (String name : List.of("finish_reason", "done_reason", "stop_reason")) {
        for (JsonNode from : List.of(source, delta)) {
          if (from.path(name).isTextual()) {
            finish = from.path(name).textValue();
          }
        }
      }
    }

    private JsonNode answer() {
      ObjectNode choice = whole.putArray("choices").addObject();
      choice.put("finish_reason", finish);
      ObjectNode message = choice.putObject("message");
      message.put("content", content.toString());
      message.put("reasoning_content", thoughts.toString());
      if (!arguments.isEmpty()) {
        message
            .putArray("tool_calls")
            .addObject()
            .putObject("function")
            .put("arguments", arguments.toString());
      }
      return whole;
    }
  }
}
