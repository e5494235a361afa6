package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.database.Points;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An email in full; see {@link EmailSummary} for what both have.
 *
 * @param preheader what mail programs show beside the subject
 * @param html as it was or will be sent; empty once the client is erased
 * @param text the same in plain text
 * @param messageId of the message that was sent; null until then
 */
public record EmailDetail(
    String emailId,
    String userId,
    String name,
    String address,
    String subject,
    String preheader,
    String html,
    String text,
    String status,
    String statusReason,
    String generatedBy,
    Instant generatedAt,
    Instant sentAt,
    String messageId,
    @Points BigDecimal engagementScoreAtTime,
    String episodeId,
    String decisionId,
    String experimentId,
    String variant) {}
