/** Emails in Postgres. */
package io.rekindle.email.store;
