/** From a user at risk to a decision about an email, and to the email. */
package io.rekindle.job.outreach;
