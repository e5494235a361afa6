/**
 * The process that sends emails. It leases emails that are ready, rechecks whether they may be
 * sent, gives them to an SMTP server and stores the results. It also serves their unsubscribe
 * links.
 */
package io.rekindle.email.sender;
