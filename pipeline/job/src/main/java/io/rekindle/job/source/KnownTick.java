package io.rekindle.job.source;

/**
 * The stored chain of one partition.
 *
 * @param topic the partition's topic
 * @param number as in {@link BeatChain}, like the other times
 */
public record KnownTick(String topic, int partition, long number, long at, long newest) {}
