/** The rules by which the pipeline writes to clients, and who is not to be written to. */
package io.rekindle.dashboard.outreach;
