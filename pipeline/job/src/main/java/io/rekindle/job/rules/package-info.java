/** Policies and outreach rules over time, as broadcast. */
package io.rekindle.job.rules;
