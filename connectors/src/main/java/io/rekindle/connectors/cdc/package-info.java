/** Decodes Debezium's events from Kafka into changes with a place in event time. No Flink types. */
package io.rekindle.connectors.cdc;
