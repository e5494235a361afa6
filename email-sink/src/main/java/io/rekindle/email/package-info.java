/** Writes one email from the facts about a client, and links that unsubscribe. */
package io.rekindle.email;
