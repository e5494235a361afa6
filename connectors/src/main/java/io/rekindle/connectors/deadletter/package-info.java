/** Records that could not be understood: kept whole, with the reason and where they came from. */
package io.rekindle.connectors.deadletter;
