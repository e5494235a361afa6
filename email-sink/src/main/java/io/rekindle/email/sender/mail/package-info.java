/** Mail addresses, headers and SMTP replies. */
package io.rekindle.email.sender.mail;
