/** Scoring policies: the reader of documents, and the scorer's form. */
package io.rekindle.scoring.policy;
