/**
 * Fits of policies to the shop's own orders, and backtests: from one snapshot of the database to a
 * draft with its backtest. The command {@code rekindle} uses the same classes.
 */
package io.rekindle.dashboard.fits;
