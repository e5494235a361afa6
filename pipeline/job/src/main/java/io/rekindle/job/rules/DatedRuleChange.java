package io.rekindle.job.rules;

import io.rekindle.connectors.events.RuleChange;

/**
 * A change of a policy or of the outreach rules, in the form of broadcast state.
 *
 * @param since the first instant of the change, epoch milliseconds of event time; {@link
 *     PolicyTimeline#ALWAYS} for a row of the first snapshot
 */
public record DatedRuleChange(long since, RuleChange change) {}
