/** Starts, watches and stops the processes of a stack on this machine. */
package io.rekindle.local.stack;
