package io.rekindle.job.outreach;

import io.rekindle.email.EmailFacts;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.Recipient;

/**
 * A user at the decision about an episode.
 *
 * @param suppression reason of the suppression that covers the recipient; null if none does
 * @param lastContactAt epoch milliseconds, {@link Score#NEVER} without a contact
 * @param score the published score
 * @param overridden whether the score is an override's
 * @param policyVersion the policy in force
 * @param assignedArm the user's earlier arm in this experiment; null without one
 * @param facts the material of the email
 */
public record Candidate(
    Recipient recipient,
    String suppression,
    long lastContactAt,
    Score score,
    boolean overridden,
    String policyVersion,
    String assignedArm,
    EmailFacts facts) {}
