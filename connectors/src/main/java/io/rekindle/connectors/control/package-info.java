/** Asking the servers that others wrote how they are, and starting again what failed in them. */
package io.rekindle.connectors.control;
