/** Checks the drafts of a model. */
package io.rekindle.email.check;
