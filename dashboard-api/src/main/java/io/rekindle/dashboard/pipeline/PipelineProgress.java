package io.rekindle.dashboard.pipeline;

import java.time.Instant;

/**
 * How far the scoring of the shop's changes has come.
 *
 * @param scoredUntil every change committed at or before this instant is in the scores; null as
 *     long as the job has not said so
 * @param ageMillis how far that lies behind the database's clock; null with scoredUntil
 * @param writtenAt when the slowest part of the job last said how far it is; null if never
 */
public record PipelineProgress(Instant scoredUntil, Long ageMillis, Instant writtenAt) {}
