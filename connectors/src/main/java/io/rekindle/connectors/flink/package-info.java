/**
 * Flink's side of the events: deserializer, watermarks, type infos and serializers. The formats are
 * compact and versioned, without Kryo or reflection.
 *
 * <p>Every format has a test that reads bytes of each version ever released.
 */
package io.rekindle.connectors.flink;
