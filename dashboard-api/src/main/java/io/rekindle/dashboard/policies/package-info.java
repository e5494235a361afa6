/** Scoring policies: drafts, what they would change, and which one is in force. */
package io.rekindle.dashboard.policies;
