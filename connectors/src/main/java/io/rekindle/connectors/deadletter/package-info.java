/** Refused records, kept whole with their reason and origin. */
package io.rekindle.connectors.deadletter;
