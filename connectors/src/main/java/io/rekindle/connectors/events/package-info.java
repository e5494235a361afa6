/**
 * The changed rows of the schemas shop and engagement, one small immutable record per row.
 *
 * <p>Times are epoch milliseconds UTC. Amounts are hundredths of the named currency's unit.
 */
package io.rekindle.connectors.events;
