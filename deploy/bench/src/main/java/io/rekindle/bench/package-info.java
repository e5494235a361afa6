/** Measures the pipeline: throughput, freshness, and what a user costs in state. */
package io.rekindle.bench;
