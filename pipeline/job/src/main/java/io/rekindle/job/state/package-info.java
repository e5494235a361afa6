/** The state of one user, in its stored form. */
package io.rekindle.job.state;
