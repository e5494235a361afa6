/** The sinks of the job's results. */
package io.rekindle.job.sink;
