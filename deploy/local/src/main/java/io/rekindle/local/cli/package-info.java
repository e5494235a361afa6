/** The {@code rekindle} command: a real stack on this machine, and the tools to work with it. */
package io.rekindle.local.cli;
