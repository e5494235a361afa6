package io.rekindle.email.llm;

import io.rekindle.email.CheckResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of one request to a model: a text, or the reason why there is none.
 *
 * @param reason machine code; null if there is a text
 * @param content the text; null if there is none
 * @param repairable whether the model may do better when the next request names the fault
 * @param retryable whether the same request may do better
 * @param retryAfter wait that the server asks for; null if it asks for none
 * @param unhealthy whether it speaks against the server rather than against the request or the text
 * @param refusal what the server refused of the request's form; null if the form is no matter
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
    FormFault refusal,
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

  static final int MAX_DETAIL = 200;

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
    return failure(reason, reason.equals(CONNECTION), null, true, null, List.of());
  }

  /**
   * A response with a status of error.
   *
   * @param body its beginning
   * @param sentTokens the limit on tokens that the request had
   */
  static ChatResponse httpError(int status, byte[] body, Duration retryAfter, int sentTokens) {
    ErrorText error = ErrorText.of(body);
    if (!error.failedGeneration().isBlank()) {
      return AnswerReader.ofText(error.failedGeneration());
    }
    if (error.isFilter()) {
      return failure(
          REFUSED, false, null, false, null, List.of(error.check("refusal", MAX_DETAIL)));
    }
    boolean quota = error.isQuota(status);
    FormFault refusal =
        quota ? null : FormFault.read(status, error.text(), error.json(), sentTokens);
    // These speak against this one request.
    boolean ofRequest = refusal != null || status == 400 || status == 413 || status == 422;
    return failure(
        quota ? QUOTA : "HTTP_" + status,
        !quota && refusal == null && isTransient(status),
        retryAfter,
        !ofRequest || quota,
        refusal,
        List.of(error.check("answer", MAX_DETAIL)));
  }

  /** The response cannot be read. */
  static ChatResponse malformed(String detail) {
    CheckResult check = new CheckResult("answer", false, detail);
    return failure(MALFORMED, false, null, true, null, List.of(check));
  }

  /** A response without an answer of the model. */
  private static ChatResponse failure(
      String reason,
      boolean retryable,
      Duration retryAfter,
      boolean unhealthy,
      FormFault refusal,
      List<CheckResult> checks) {
    return new ChatResponse(
        reason,
        null,
        false,
        retryable,
        retryAfter,
        unhealthy,
        refusal,
        null,
        Usage.UNKNOWN,
        checks);
  }

  /** Whether the response is an error before any work, so that it costs nothing. */
  boolean refused() {
    return refusal != null
        || (reason != null && (reason.equals(QUOTA) || reason.startsWith("HTTP_")));
  }

  /** The same with the checks of its text. */
  ChatResponse evaluated(String reason, List<CheckResult> further) {
    List<CheckResult> all = new ArrayList<>(checks);
    all.addAll(further);
    return new ChatResponse(
        reason, content, true, false, null, unhealthy, null, model, usage, List.copyOf(all));
  }

  /** Whether a server in this state may answer the same request soon. */
  static boolean isTransient(int status) {
    return status == 408 || status == 429 || status >= 500;
  }
}
