/** Lays out an email, and the writer that fills the template. */
package io.rekindle.email.compose;
