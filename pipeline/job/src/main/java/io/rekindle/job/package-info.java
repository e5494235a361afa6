/** The Flink job: from captured changes through keyed state to scores in the database. */
package io.rekindle.job;
