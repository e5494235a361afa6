/** Clients of the REST APIs of Flink and Kafka Connect, with backoff and readable causes. */
package io.rekindle.platform.rest;
