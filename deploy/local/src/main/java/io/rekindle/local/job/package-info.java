/** The Flink job on the local stack: submitting it, its checkpoints, keeping it running. */
package io.rekindle.local.job;
