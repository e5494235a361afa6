/** Stores the scores of the past, which are computed from the orders. */
package io.rekindle.dashboard.reconstruction;
