/** Recomputes every score from the shop's tables, along a path that shares nothing with Flink. */
package io.rekindle.local.verify;
