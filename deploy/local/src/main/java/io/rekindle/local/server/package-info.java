/** The servers of the local stack, one class each. */
package io.rekindle.local.server;
