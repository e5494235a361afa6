/**
 * The numbers about all clients: who is at risk, how that changes, which emails were sent and how
 * many clients came back.
 *
 * <p>They cost a look at millions of rows, so no request computes them: one {@link
 * io.rekindle.dashboard.background.StatisticsRefresher} does, again and again in the background,
 * and every answer says as of when its numbers are.
 */
package io.rekindle.dashboard.statistics;
