/** Takes the emails that are due, and brings each of them to an end. */
package io.rekindle.email.sender.outbox;
