package io.rekindle.email.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.email.CheckResult;
import io.rekindle.email.SingleLine;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The result of one request to a model: a text, or the reason why there is none.
 *
 * @param reason machine code; null if there is a text
 * @param content the text; null if there is none
 * @param repairable whether the model may do better when the next request names the fault
 * @param retryable whether the same request may do better
 * @param retryAfter wait that the server asks for; null if it asks for none
 * @param unhealthy whether it speaks against the server rather than against the request or the text
 * @param model by the server's word; null if unknown
 * @param checks of an answer, in the order they were made
 */
record ChatResponse(
    String reason,
    String content,
    boolean repairable,
    boolean retryable,
    Duration retryAfter,
    boolean unhealthy,
    String model,
    Usage usage,
    List<CheckResult> checks) {

  static final String TIMEOUT = "TIMEOUT";
  static final String CONNECTION = "CONNECTION";
  static final String TOO_LARGE = "TOO_LARGE";
  static final String MALFORMED = "MALFORMED";
  static final String ERROR_BODY = "ERROR_BODY";
  static final String QUOTA = "QUOTA";
  static final String REFUSED = "REFUSED";
  static final String CUT_OFF = "CUT_OFF";
  static final String UNFINISHED = "UNFINISHED";
  static final String EMPTY = "EMPTY";

  /** The largest plausible cost of an answer, in USD. */
  private static final double MAX_COST = 1e6;

  /** Decimals of a cost, which a server may give hundreds of. */
  private static final int MAX_COST_SCALE = 12;

  private static final int MAX_MODEL = 100;
  private static final int MAX_DETAIL = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * As far as reported.
   *
   * @param costUsd null also where only tokens are reported
   */
  record Usage(Integer promptTokens, Integer completionTokens, BigDecimal costUsd) {

    static final Usage UNKNOWN = new Usage(null, null, null);

    boolean hasTokens() {
      return promptTokens != null && completionTokens != null;
    }

    /** The sum, in which an unknown value counts for nothing. */
    Usage plus(Usage other) {
      return new Usage(
          sum(promptTokens, other.promptTokens),
          sum(completionTokens, other.completionTokens),
          sum(costUsd, other.costUsd));
    }

    static BigDecimal sum(BigDecimal a, BigDecimal b) {
      return a == null ? b : b == null ? a : a.add(b);
    }

    private static Integer sum(Integer a, Integer b) {
      return a == null
          ? b
          : b == null ? a : Integer.valueOf((int) Math.min(Integer.MAX_VALUE, (long) a + b));
    }
  }

  /** No response, a timeout, or a response over the size limit. */
  static ChatResponse noResponse(String reason) {
    return failure(reason, reason.equals(CONNECTION), null, true, List.of());
  }

  /**
   * A response with a status of error.
   *
   * @param body its beginning
   */
  static ChatResponse httpError(int status, byte[] body, Duration retryAfter) {
    JsonNode error = error(body);
    boolean quota = status == 429 && isQuota(error);
    // These speak against this one request.
    boolean ofRequest = status == 400 || status == 413 || status == 422;
    return failure(
        quota ? QUOTA : "HTTP_" + status,
        !quota && isTransient(status),
        retryAfter,
        !ofRequest,
        List.of());
  }

  /** A response with a status of success, which may still be of no use. */
  static ChatResponse answered(byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (IOException e) {
      return malformed("not JSON");
    }
    if (answer == null || !answer.isObject()) {
      return malformed("not a JSON object");
    }
    return new Parser(answer).parse();
  }

  /** The response cannot be read. */
  static ChatResponse malformed(String detail) {
    CheckResult check = new CheckResult("answer", false, detail);
    return failure(MALFORMED, false, null, true, List.of(check));
  }

  /** A response without an answer of the model. */
  private static ChatResponse failure(
      String reason,
      boolean retryable,
      Duration retryAfter,
      boolean unhealthy,
      List<CheckResult> checks) {
    return new ChatResponse(
        reason, null, false, retryable, retryAfter, unhealthy, null, Usage.UNKNOWN, checks);
  }

  /** Whether the status of the response is an error, so that the server did no work. */
  boolean refused() {
    return reason != null && (reason.equals(QUOTA) || reason.startsWith("HTTP_"));
  }

  /** The same with the checks of its text. */
  ChatResponse evaluated(String reason, List<CheckResult> further) {
    List<CheckResult> all = new ArrayList<>(checks);
    all.addAll(further);
    return new ChatResponse(
        reason, content, true, false, null, unhealthy, model, usage, List.copyOf(all));
  }

  /** Whether a server in this state may answer the same request soon. */
  private static boolean isTransient(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  /** Out of money or of a day's allowance: waiting a second does not help. */
  private static boolean isQuota(JsonNode error) {
    String codeAndType = (error.path("code").asText() + " " + error.path("type").asText());
    return codeAndType.contains("quota")
        || codeAndType.contains("billing")
        || error.path("message").asText().toLowerCase(Locale.ROOT).contains("per-day");
  }

  private static JsonNode error(byte[] body) {
    try {
      return JSON.readTree(body).path("error");
    } catch (IOException e) {
      return JSON.missingNode(); // In another form, if at all: the status has to suffice.
    }
  }

  /** Goes through an answer from the outside in, and stops at the first fault. */
  private static final class Parser {

    private final JsonNode answer;
    private final JsonNode choice;
    private final JsonNode message;
    private final List<CheckResult> checks = new ArrayList<>();

    Parser(JsonNode answer) {
      this.answer = answer;
      this.choice = answer.path("choices").path(0);
      this.message = choice.path("message");
    }

    ChatResponse parse() {
      for (JsonNode error : List.of(answer.path("error"), choice.path("error"))) {
        if (!error.isMissingNode() && !error.isNull()) {
          int code = error.path("code").asInt(0);
          boolean retryable = isTransient(code) && !isQuota(error);
          return fault("answer", ERROR_BODY, error.toString(), false, retryable, true);
        }
      }
      if (!message.isObject()) {
        return fault("answer", MALFORMED, "no message", false, false, true);
      }
      passed("answer");

      String finish = choice.path("finish_reason").asText("stop");
      String refusal = message.path("refusal").asText("");
      if (finish.equals("content_filter") || (!refusal.isBlank() && !refusal.equals("null"))) {
        return fault("refusal", REFUSED, refusal, false, false, false);
      }
      passed("refusal");
      switch (finish) {
        case "stop", "null" -> passed("finish");
        case "length" -> {
          return fault("finish", CUT_OFF, "longer than it may be", true, false, false);
        }
        case "error" -> {
          return fault("finish", ERROR_BODY, finish, false, true, true);
        }
        default -> {
          return fault("finish", UNFINISHED, finish, true, false, false);
        }
      }
      String content = message.path("content").asText("");
      if (!message.path("content").isTextual() || content.isBlank()) {
        return fault("content", EMPTY, "no text", true, false, false);
      }
      passed("content");
      return response(null, content, false, false, false);
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
      String shown = SingleLine.of(detail, MAX_DETAIL);
      checks.add(new CheckResult(check, false, shown.isEmpty() ? null : shown));
      return response(reason, null, repairable, retryable, unhealthy);
    }

    private ChatResponse response(
        String reason, String content, boolean repairable, boolean retryable, boolean unhealthy) {
      String model = SingleLine.of(answer.path("model").asText(""), MAX_MODEL);
      return new ChatResponse(
          reason,
          content,
          repairable,
          retryable,
          null,
          unhealthy,
          model.isEmpty() ? null : model,
          usage(),
          List.copyOf(checks));
    }

    private Usage usage() {
      JsonNode usage = answer.path("usage");
      return new Usage(
          tokens(usage.path("prompt_tokens")),
          tokens(usage.path("completion_tokens")),
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

    private static Integer tokens(JsonNode count) {
      return count.isInt() && count.intValue() >= 0 ? count.intValue() : null;
    }
  }
}
