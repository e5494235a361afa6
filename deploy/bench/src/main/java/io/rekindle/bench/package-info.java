/** Measures the pipeline and the dashboard. */
package io.rekindle.bench;
