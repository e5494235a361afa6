/**
 * What analysts and other programs see of the shop's clients, read from Postgres.
 *
 * <p>{@link io.rekindle.dashboard.Dashboard} wires and starts the service. Each part of it is an
 * {@link io.rekindle.dashboard.web.Routes} in a package of its own, with a record for each thing
 * that is read or written and the queries for it; {@code http}, {@code security} and {@code
 * database} are what they share.
 */
package io.rekindle.dashboard;
