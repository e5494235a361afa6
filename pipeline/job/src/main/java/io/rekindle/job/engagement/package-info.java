/** What is known of each user, and what is to be thought of it. */
package io.rekindle.job.engagement;
