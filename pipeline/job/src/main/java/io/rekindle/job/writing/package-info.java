/** Writing emails for decisions, asynchronously. */
package io.rekindle.job.writing;
