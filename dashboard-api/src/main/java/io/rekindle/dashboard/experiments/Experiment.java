package io.rekindle.dashboard.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * An experiment as it was last set.
 *
 * @param holdoutShare the part of all clients that gets no email, 0 to 1
 * @param variants an array of {@code {"name", "weight"}} and what the arm's emails are like
 * @param endedAt null as long as it runs
 */
public record Experiment(
    String experimentId,
    BigDecimal holdoutShare,
    JsonNode variants,
    Instant startedAt,
    Instant endedAt) {}
