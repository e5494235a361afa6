package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.scoring_policies}.
 *
 * @param policyVersion the policy's name, the table's primary key
 * @param document the policy document as JSON, not yet validated; null if the row was deleted
 * @param active whether this change makes it the policy in force
 */
public record PolicyChanged(
    String policyVersion,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String document,
    boolean active)
    implements RuleChange {}
