/** The emails that were written: what was sent, to whom, why, and what came of it. */
package io.rekindle.dashboard.emails;
