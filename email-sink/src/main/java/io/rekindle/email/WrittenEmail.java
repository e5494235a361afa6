package io.rekindle.email;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/**
 * An email and its origin. The fields about the model cover all calls for this email, also if the
 * template wrote it in the end.
 *
 * @param generatedBy {@link #LLM} or {@link #TEMPLATE}
 * @param fallbackReason machine code such as {@code HTTP_402}: why the template wrote although a
 *     model was to; null otherwise
 * @param modelAsked null if no model was to write
 * @param model the one that answered last, by its own word; null if none did
 * @param promptVersion null if no model was to write
 * @param schemaVersion null if no model was to write
 * @param requestForm how the last request was put, such as {@code json_object max_tokens
 *     system_turn}; null if no model was asked
 * @param promptTokens as reported; null if nothing was
 * @param completionTokens as reported; null if nothing was
 * @param costUsd as reported, or tokens at the configured prices; for calls of which neither is
 *     known, such as calls that timed out, their largest possible cost; null if nothing
 * @param latencyMs from the request to the email
 * @param calls HTTP requests sent
 * @param checks of the model's last answer, in the order they were made; empty without one
 */
public record WrittenEmail(
    Email email,
    String generatedBy,
    String fallbackReason,
    String modelAsked,
    String model,
    String promptVersion,
    String schemaVersion,
    String requestForm,
    Integer promptTokens,
    Integer completionTokens,
    BigDecimal costUsd,
    long latencyMs,
    int calls,
    List<CheckResult> checks) {

  /** A model wrote it. */
  public static final String LLM = "LLM";

  /** The template wrote it. */
  public static final String TEMPLATE = "TEMPLATE";

  public WrittenEmail {
    Objects.requireNonNull(email, "email");
    Objects.requireNonNull(generatedBy, "generatedBy");
    checks = List.copyOf(checks);
  }

  /** By the template, because it was asked to. */
  public static WrittenEmail byTemplate(Email email) {
    return byTemplate(email, List.of());
  }

  /** The same with checks of its text. */
  public static WrittenEmail byTemplate(Email email, List<CheckResult> checks) {
    return new WrittenEmail(
        email, TEMPLATE, null, null, null, null, null, null, null, null, null, 0, 0, checks);
  }
}
