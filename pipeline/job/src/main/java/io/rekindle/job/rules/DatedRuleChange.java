package io.rekindle.job.rules;

import io.rekindle.connectors.events.RuleChange;

/**
 * A change of a policy or of the outreach rules, as kept in broadcast state.
 *
 * @param since from when on it counts, epoch milliseconds of event time; {@link
 *     PolicyTimeline#ALWAYS} for a row of the first snapshot
 */
public record DatedRuleChange(long since, RuleChange change) {}
