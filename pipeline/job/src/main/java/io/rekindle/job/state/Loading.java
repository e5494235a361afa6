package io.rekindle.job.state;

/**
 * The time in which orders from before are added to a user, epoch milliseconds of event time.
 *
 * @param since the first such order
 * @param until the end: the user is evaluated then, if no such order comes before
 */
public record Loading(long since, long until) {}
