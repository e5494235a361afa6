package io.rekindle.dashboard.outreach;

import io.rekindle.email.CheckResult;
import java.math.BigDecimal;
import java.util.List;

/**
 * An email as it would be written now.
 *
 * @param previewId names the stored document for a day
 * @param userId the client whose facts it has; empty for an invented one
 * @param language ISO 639-1 code
 * @param generatedBy LLM or TEMPLATE
 * @param fallbackReason why the template wrote although a model was asked; null otherwise
 * @param calls requests to the model; 0 if none was asked
 * @param costUsd of these; null for nothing
 * @param checks of the text, or of the model's last answer if the template had to write
 * @param brandVersion null for a brand that is not saved
 */
public record EmailPreview(
    String previewId,
    String userId,
    String subject,
    String preheader,
    String text,
    String language,
    String generatedBy,
    String fallbackReason,
    int calls,
    long latencyMillis,
    BigDecimal costUsd,
    List<CheckResult> checks,
    Integer brandVersion) {}
