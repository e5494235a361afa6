/**
 * What the shop's and our own tables tell the job, one small immutable record per changed row.
 *
 * <p>Times are epoch milliseconds UTC. Amounts are hundredths of the named currency's unit.
 */
package io.rekindle.connectors.events;
