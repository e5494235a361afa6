/**
 * The dashboard: analysts and other programs read the shop's clients from Postgres.
 *
 * <p>{@link io.rekindle.dashboard.Dashboard} wires and starts the service. Each feature is a
 * package with its {@link io.rekindle.dashboard.web.Routes}, its service, its records and their
 * queries. The features share {@code web}, {@code ui}, {@code background} and {@code database}.
 */
package io.rekindle.dashboard;
