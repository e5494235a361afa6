/** The sender's settings. */
package io.rekindle.email.sender.settings;
