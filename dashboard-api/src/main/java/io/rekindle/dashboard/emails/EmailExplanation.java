package io.rekindle.dashboard.emails;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.database.Points;
import java.math.BigDecimal;
import java.time.Instant;
import org.jdbi.v3.core.mapper.Nested;
import org.jdbi.v3.core.mapper.PropagateNull;

/**
 * The decision to write an email, the writing, the delivery and the outcome.
 *
 * @param decision null for an email that another system wrote
 * @param outcome null without a decision
 */
public record EmailExplanation(
    String emailId,
    String userId,
    @Nested Decision decision,
    @Nested Writing writing,
    @Nested Delivery delivery,
    @Nested DecisionOutcome outcome) {

  /**
   * The decision to write.
   *
   * @param inputs the facts behind the decision, such as the score and its points; empty once the
   *     client is erased
   */
  public record Decision(
      @PropagateNull String decisionId,
      String decision,
      String reason,
      Instant decidedAt,
      Instant riskSince,
      @Points BigDecimal score,
      String policyVersion,
      String experimentId,
      String arm,
      JsonNode inputs) {}

  /**
   * How it was written; numbers are null where no model was asked.
   *
   * @param modelAsked the model that was asked for; model is the one that answered
   * @param fallbackReason why the template wrote although a model was to; null otherwise
   * @param calls how often a model was asked until its answer was of use
   * @param checks an array of {@code {"check", "passed", "detail"}}
   */
  public record Writing(
      String generatedBy,
      Instant generatedAt,
      String modelAsked,
      String model,
      String promptVersion,
      String schemaVersion,
      String fallbackReason,
      Integer promptTokens,
      Integer completionTokens,
      BigDecimal costUsd,
      Long latencyMillis,
      Integer calls,
      JsonNode checks) {}

  /**
   * The delivery.
   *
   * @param attempts 0 as long as the sender has not taken it
   * @param nextAttemptAt null unless it waits for one
   * @param lastReply the last answer of the mail server; null if there is none
   */
  public record Delivery(
      String status,
      String statusReason,
      int attempts,
      Instant nextAttemptAt,
      String lastError,
      String lastReply,
      Instant acceptedAt,
      Instant sentAt,
      String messageId) {

    /** What the sender waits for, if that is no error; null otherwise. */
    public String waitsFor() {
      return nextAttemptAt == null || lastError == null
          ? null
          : switch (lastError) {
            case "quiet hours" -> "QUIET_HOURS";
            case "outreach is paused" -> "PAUSED";
            case "not decided yet" -> "NOT_DECIDED";
            default -> null;
          };
    }
  }

  /**
   * The outcome of the decision within 14 days.
   *
   * @param revenue of the orders, net of refunds, in the policy's currency
   */
  public record DecisionOutcome(
      @PropagateNull Instant windowEndsAt,
      boolean windowClosed,
      boolean reactivated,
      Instant reactivatedAt,
      int orders,
      BigDecimal revenue) {}
}
