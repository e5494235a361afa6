/** Scoring policies: reading a document, and the form that the scorer works with. */
package io.rekindle.scoring.policy;
