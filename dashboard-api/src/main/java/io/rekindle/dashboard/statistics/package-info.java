/**
 * The numbers that are about everybody at once: who is at risk, how that changes, what was done
 * about it and what came of it.
 *
 * <p>They cost a look at millions of rows, so no request computes them: one {@link
 * io.rekindle.dashboard.background.StatisticsRefresher} does, again and again in the background,
 * and every answer says as of when its numbers are.
 */
package io.rekindle.dashboard.statistics;
