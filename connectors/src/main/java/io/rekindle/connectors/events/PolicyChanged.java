package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.scoring_policies}.
 *
 * @param policyVersion the policy's name, the table's primary key
 * @param document the policy document as JSON, not yet validated; null when the row was deleted
 * @param active whether it is the policy in force as of this change
 */
public record PolicyChanged(
    String policyVersion,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String document,
    boolean active)
    implements RuleChange {}
