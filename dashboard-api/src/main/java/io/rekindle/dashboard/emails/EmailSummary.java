package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.Points;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An email as a list has it.
 *
 * @param name of the client; null if the shop has none, or not the client any more
 * @param address of the client now; null as name is
 * @param status READY, SENT, LOGGED, CANCELLED or FAILED
 * @param statusReason machine code of why it was cancelled or failed; null otherwise
 * @param generatedBy LLM, TEMPLATE or EXTERNAL
 * @param sentAt null unless sent
 * @param engagementScoreAtTime the score it was written about; null if not known
 * @param variant arm of the experiment; null for an email from elsewhere
 */
public record EmailSummary(
    String emailId,
    String userId,
    String name,
    String address,
    String subject,
    String status,
    String statusReason,
    String generatedBy,
    Instant generatedAt,
    Instant sentAt,
    @Points BigDecimal engagementScoreAtTime,
    String experimentId,
    String variant) {}
