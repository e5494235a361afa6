package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.FactorPoints;
import io.rekindle.dashboard.database.Points;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.mapper.PropagateNull;

/**
 * A client as the shop knows them, and how engaged they are.
 *
 * <p>From {@code lastOrderDate} on everything is the pipeline's, and null until it has scored the
 * user. Score and breakdown are null for a user without orders, too.
 *
 * @param email null if the shop has none
 * @param name null if the shop has none
 * @param timeZone IANA name
 * @param locale BCP 47 tag
 * @param lastOrderDate when the newest effective order was placed
 * @param orderCount effective orders ever
 * @param averageOrderValue in units of the policy's base currency
 * @param engagementScore 0 to 100; the override's while one holds
 * @param computedScore the score without an override
 * @param atRiskSince null unless at risk
 * @param orderProbability the probability of an order within the days of the policy's table, by the
 *     computed score; null without a score or a table
 * @param valueAtStake the probability of an order that was lost since the last order, times what
 *     the order is worth, in units of the policy's base currency; null if no model says that
 * @param usualGapMillis the user's usual gap between order days
 * @param lastContactAt the last email that the score takes into account; null if none
 * @param lastEmailDate when the last email was sent; null if never
 * @param nextChangeAt when any of this next changes if nothing happens; null if never
 * @param asOf the instant that the score was computed for; it holds until nextChangeAt
 */
public record ClientProfile(
    @PropagateNull String userId,
    String email,
    String name,
    List<String> preferredCategories,
    String timeZone,
    String locale,
    boolean marketingConsent,
    Instant lastOrderDate,
    Integer orderCount,
    BigDecimal averageOrderValue,
    @Points BigDecimal engagementScore,
    String band,
    String segment,
    Boolean atRisk,
    Instant atRiskSince,
    FactorPoints breakdown,
    BigDecimal orderProbability,
    BigDecimal valueAtStake,
    Boolean overridden,
    @Points BigDecimal computedScore,
    Long usualGapMillis,
    Instant lastContactAt,
    Instant lastEmailDate,
    Instant nextChangeAt,
    Instant asOf,
    String policyVersion,
    Instant createdAt,
    Instant updatedAt) {}
