package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.rekindle.email.CheckResult;
import io.rekindle.email.SingleLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The text of an error, in whatever form a server gives it: an object of OpenAI's kind, one that
 * wraps it, an array, a sentence.
 *
 * @param json missing if the text is no JSON
 */
record ErrorText(String text, JsonNode json) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Out of money or of a day's allowance: waiting a second does not help. */
  private static final Pattern QUOTA =
      Pattern.compile(
          "insufficient[_ ](quota|balance|funds|credit)|\\bquota|billing|per-day|per day"
              + "|credit balance|out of credit|arrearage|余额",
          Pattern.CASE_INSENSITIVE);

  /** Of 400 and 403, which have many other reasons. */
  private static final Pattern NO_MONEY =
      Pattern.compile(
          "insufficient[_ ](quota|balance|funds|credit)|credit balance|out of credit|arrearage|余额",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern FILTER =
      Pattern.compile(
          "content[_ ]?(filter|policy)|ResponsibleAIPolicyViolation|data_inspection_failed"
              + "|content management policy|flagged by moderation|requires moderation",
          Pattern.CASE_INSENSITIVE);

  static ErrorText of(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      JsonNode json = JSON.readTree(body);
      return new ErrorText(text, json == null ? MissingNode.getInstance() : json);
    } catch (IOException e) {
      return new ErrorText(text, MissingNode.getInstance());
    }
  }

  static ErrorText of(JsonNode error) {
    return new ErrorText(error.isTextual() ? error.textValue() : error.toString(), error);
  }

  /** Whether the server's filter refused the text of the request. */
  boolean isFilter() {
    return FILTER.matcher(text).find();
  }

  boolean isQuota(int status) {
    return switch (status) {
      case 429 -> QUOTA.matcher(text).find();
      case 400, 403 -> NO_MONEY.matcher(text).find();
      default -> false;
    };
  }

  /** The text that the model wrote and the server found to be no JSON; empty if there is none. */
  String failedGeneration() {
    JsonNode own = json.path("failed_generation");
    return (own.isTextual() ? own : json.path("error").path("failed_generation")).asText("");
  }

  /** A failed check with the beginning of the text. */
  CheckResult check(String name, int limit) {
    String shown = SingleLine.of(text, limit);
    return new CheckResult(name, false, shown.isEmpty() ? null : shown);
  }
}
