/**
 * The transform inside the Kafka Connect worker, and the connector's configuration and watchdog.
 */
package io.rekindle.connectors.connect;
