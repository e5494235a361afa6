package io.rekindle.dashboard.audiences;

import java.time.Instant;
import java.time.LocalDate;

/**
 * A UTC day that is over and on which an audience was evaluated.
 *
 * @param evaluatedAt the last evaluation of the day
 * @param members how many clients it found, those included who were erased since
 * @param olderFilter whether the filter was changed after that evaluation
 */
public record AudienceDay(LocalDate day, Instant evaluatedAt, long members, boolean olderFilter) {}
