/** Servers of a benchmark's own, apart from the local stack. */
package io.rekindle.bench.sandbox;
