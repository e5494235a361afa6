package io.rekindle.job.rules;

import io.rekindle.scoring.Score;

/**
 * The policy in force, in the form for the dashboard.
 *
 * @param policyVersion the row's key, or the built-in policy's name
 * @param builtIn whether it is the built-in policy, without a row
 * @param hash SHA-256 of the document in lower-case hexadecimal
 * @param document the policy as JSON
 * @param modelVersion the key of the model's row; null without a model
 * @param model the model as JSON; null without a model
 * @param since first instant, epoch milliseconds; {@link PolicyTimeline#ALWAYS} if it was in force
 *     before the first evaluation
 * @param changedAt commit time of the last change of a policy until then, epoch milliseconds;
 *     {@link Score#NEVER} without one. A later time marks a newer record.
 */
public record PolicyInForce(
    String policyVersion,
    boolean builtIn,
    String hash,
    String document,
    String modelVersion,
    String model,
    long since,
    long changedAt) {}
