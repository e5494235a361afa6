/** Which emails are due, and what becomes of each. */
package io.rekindle.email.sender.outbox;
