/** Where the job's results go. */
package io.rekindle.job.sink;
