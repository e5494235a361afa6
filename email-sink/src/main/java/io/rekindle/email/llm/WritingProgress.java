package io.rekindle.email.llm;

import io.rekindle.email.CheckResult;
import io.rekindle.email.llm.ChatResponse.Usage;
import java.math.BigDecimal;
import java.util.List;

/**
 * The calls for one email so far. Replaced, never changed, since the deadline may read it at any
 * time.
 *
 * @param last null before the first response
 * @param model the one that answered last, by the server's word; null if unknown
 * @param calls requests sent that have ended
 * @param total usage of these calls
 * @param underWay the call that has not ended; null if there is none
 */
record WritingProgress(
    ChatResponse last, String model, int calls, Usage total, LlmGate.Pass underWay) {

  /** No call yet. */
  static final WritingProgress NONE = new WritingProgress(null, null, 0, Usage.UNKNOWN, null);

  /** A call has begun whose cost is not known yet. */
  WritingProgress calling(LlmGate.Pass pass) {
    return new WritingProgress(last, model, calls, total, pass);
  }

  /**
   * The call under way has a response.
   *
   * @param cost of the call; null if it cost nothing
   */
  WritingProgress with(ChatResponse response, BigDecimal cost) {
    Usage usage =
        new Usage(response.usage().promptTokens(), response.usage().completionTokens(), cost);
    return new WritingProgress(
        response,
        response.model() == null ? model : response.model(),
        callsSent(),
        total.plus(usage),
        null);
  }

  /** The last response has been checked. */
  WritingProgress evaluated(ChatResponse response) {
    return new WritingProgress(response, model, calls, total, underWay);
  }

  /** The reason why the last response is of no use; null if it is, or before the first response. */
  String reason() {
    return last == null ? null : last.reason();
  }

  /** The checks of the last response. */
  List<CheckResult> checks() {
    return last == null ? List.of() : last.checks();
  }

  /** All requests sent, with the one under way. */
  int callsSent() {
    return underWay != null && underWay.isSent() ? calls + 1 : calls;
  }

  /** The cost of all calls, with the largest possible cost of the one under way. */
  BigDecimal costAtMostUsd() {
    return underWay == null
        ? total.costUsd()
        : Usage.sum(total.costUsd(), underWay.unconfirmedUsd());
  }
}
