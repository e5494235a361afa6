/**
 * Flink's types and serializers of the events: compact, versioned, without Kryo or reflection.
 *
 * <p>Every format has a test that reads bytes of each version ever released.
 */
package io.rekindle.connectors.serialization;
