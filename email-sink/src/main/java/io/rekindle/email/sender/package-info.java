/**
 * The process that sends what was written: it leases emails that are ready, rechecks whether they
 * may be sent, hands them to an SMTP server and says what became of them; and it answers the
 * unsubscribe links that they carry.
 */
package io.rekindle.email.sender;
