/** What runs inside the Kafka Connect worker, and the configuration of the connector there. */
package io.rekindle.connectors.connect;
