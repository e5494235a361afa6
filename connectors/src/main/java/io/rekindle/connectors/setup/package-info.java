/** The programs that prepare the database, the topics and the connector. */
package io.rekindle.connectors.setup;
