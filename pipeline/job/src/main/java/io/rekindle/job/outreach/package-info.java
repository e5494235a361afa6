/** From a user at risk to a decision about an email, and the daily cap. */
package io.rekindle.job.outreach;
