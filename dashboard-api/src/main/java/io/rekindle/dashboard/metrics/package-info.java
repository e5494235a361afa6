/** What the service measures of itself. */
package io.rekindle.dashboard.metrics;
