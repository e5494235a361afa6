package io.rekindle.job.outreach;

import io.rekindle.email.EmailFacts;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.contact.Recipient;

/**
 * A user at the moment at which an episode is decided.
 *
 * @param suppression reason of the suppression that covers the recipient; null if none does
 * @param lastContactAt epoch milliseconds, {@link Score#NEVER} if the user was never written to
 * @param score as published
 * @param overridden whether the score is an override's
 * @param policyVersion the policy in force
 * @param assignedArm the arm that the user was given in this experiment before; null if none
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
