package io.rekindle.connectors.events;

/**
 * The one row of {@code engagement.outreach_settings} as it now is.
 *
 * @param rules never null; {@link OutreachRules#NONE} once the row is deleted
 */
public record OutreachChanged(
    long commitTime, RowVersion version, boolean snapshot, OutreachRules rules)
    implements RuleChange {}
