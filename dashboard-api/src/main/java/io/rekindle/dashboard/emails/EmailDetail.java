package io.rekindle.dashboard.emails;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jdbi.v3.core.mapper.Nested;

/**
 * An email in full.
 *
 * @param preheader what mail programs show beside the subject
 * @param html as it was or will be sent; empty once the client is erased
 * @param text the same in plain text
 * @param messageId of the message that was sent; null until then
 */
public record EmailDetail(
    @JsonUnwrapped @Nested EmailSummary summary,
    String preheader,
    String html,
    String text,
    String messageId,
    String episodeId,
    String decisionId) {}
