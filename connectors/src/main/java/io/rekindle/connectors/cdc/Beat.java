package io.rekindle.connectors.cdc;

/**
 * The place of a tick in the chain of ticks of one partition. Each heartbeat adds one link: its own
 * number and time, and the time of the heartbeat before it in the same database.
 *
 * @param first whether the row was inserted, which begins a chain
 * @param number the number of heartbeats since then
 * @param at the time of the heartbeat by the database's clock, epoch milliseconds
 * @param previous the time of the heartbeat before it, epoch milliseconds; {@link #NONE} without
 *     one
 */
public record Beat(boolean first, long number, long at, long previous) {

  /** There is no heartbeat before. */
  public static final long NONE = Long.MIN_VALUE;
}
