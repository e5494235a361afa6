package io.rekindle.job.rules;

import io.rekindle.scoring.Score;

/**
 * The policy by which scores are computed, as stored for the dashboard.
 *
 * @param policyVersion the row's key, or the built-in policy's name
 * @param builtIn whether it is the built-in policy and no row's
 * @param hash SHA-256 of the document in lower-case hexadecimal
 * @param document the policy as JSON
 * @param since first instant, epoch milliseconds; {@link PolicyTimeline#ALWAYS} if it was in force
 *     before the first evaluation
 * @param changedAt commit time of the last change of a policy that counted by then, epoch
 *     milliseconds; {@link Score#NEVER} if there was none. What is stored with a later one is
 *     newer.
 */
public record PolicyInForce(
    String policyVersion,
    boolean builtIn,
    String hash,
    String document,
    long since,
    long changedAt) {}
