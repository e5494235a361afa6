package io.rekindle.job.outreach;

import io.rekindle.email.EmailFacts;
import io.rekindle.scoring.Score;

/**
 * A user at the moment at which an episode is decided.
 *
 * @param hasAddress whether there is anything to send to
 * @param consents whether the user agreed to be written to
 * @param suppression why nobody may write to this person or address; null if they may
 * @param lastContactAt epoch milliseconds, {@link Score#NEVER} if nobody wrote yet
 * @param score as shown
 * @param overridden whether the score is an override's
 * @param policyVersion the policy in force
 * @param assignedArm the arm that the user was given in this experiment before; null if none
 * @param facts what an email may be written from
 */
public record Candidate(
    boolean hasAddress,
    boolean consents,
    String suppression,
    long lastContactAt,
    Score score,
    boolean overridden,
    String policyVersion,
    String assignedArm,
    EmailFacts facts) {}
