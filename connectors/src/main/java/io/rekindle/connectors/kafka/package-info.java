/** The Kafka topics, defined once as data. */
package io.rekindle.connectors.kafka;
