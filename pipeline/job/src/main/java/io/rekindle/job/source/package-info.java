/** The sources of the topics, and their refused records. */
package io.rekindle.job.source;
