/** Policies as documents: reading, checking and the form that the scorer works with. */
package io.rekindle.scoring.policy;
