/** From Debezium's events in Kafka to changes with a place in event time. */
package io.rekindle.connectors.capture;
