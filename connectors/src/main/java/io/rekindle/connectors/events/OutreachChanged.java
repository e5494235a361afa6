package io.rekindle.connectors.events;

/**
 * The new content of the one row of {@code engagement.outreach_settings}.
 *
 * @param rules never null; {@link OutreachRules#NONE} after the row was deleted
 */
public record OutreachChanged(
    long commitTime, RowVersion version, boolean snapshot, OutreachRules rules)
    implements RuleChange {}
