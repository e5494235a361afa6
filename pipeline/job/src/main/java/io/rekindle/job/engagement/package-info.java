/** The operator that evaluates each user, and the score updates that it emits. */
package io.rekindle.job.engagement;
