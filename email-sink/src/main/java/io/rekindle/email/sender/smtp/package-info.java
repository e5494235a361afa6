/** The conversation with the SMTP server. */
package io.rekindle.email.sender.smtp;
