/** Output to a person at a terminal. */
package io.rekindle.local.terminal;
