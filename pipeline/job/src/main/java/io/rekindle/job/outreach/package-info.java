/** The decision about an email for a user at risk, and the daily cap. */
package io.rekindle.job.outreach;
