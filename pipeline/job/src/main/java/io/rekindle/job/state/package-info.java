/** What is known of one user, in the form that is stored. */
package io.rekindle.job.state;
