/**
 * What analysts and other programs see of the shop's clients, read from Postgres.
 *
 * <p>A service of a few classes: {@link io.rekindle.dashboard.Dashboard} wires and starts it,
 * {@link io.rekindle.dashboard.Routes} is the table of its addresses, and each thing that can be
 * read has a record for its JSON and one class that asks the database for it.
 */
package io.rekindle.dashboard;
