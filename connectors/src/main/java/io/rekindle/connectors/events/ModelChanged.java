package io.rekindle.connectors.events;

/**
 * A row of {@code engagement.models}.
 *
 * @param modelVersion the model's name, the table's primary key
 * @param policyVersion the policy that it belongs to; null if the row was deleted
 * @param document the model as JSON, not yet validated; null if the row was deleted
 * @param active whether this change makes it the model of its policy
 */
public record ModelChanged(
    String modelVersion,
    String policyVersion,
    long commitTime,
    RowVersion version,
    boolean snapshot,
    String document,
    boolean active)
    implements RuleChange {}
