/** Reading the topics: from where, and what cannot be read. */
package io.rekindle.job.source;
