package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.database.Points;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;

/**
 * A client at the end of a past UTC day.
 *
 * @param day that one
 * @param email as it is today; null if the shop has none
 * @param name as it is today; null if the shop has none
 * @param engagementScore null for a client who had not ordered
 * @param segment of the client's last row before the end of the day; the observed history has no
 *     row for a change of the segment alone
 * @param asOf since when the client had this score
 * @param policyVersion the policy of the score
 * @param reconstructed whether the score was computed from the orders; false if it was observed
 */
public record PastClient(
    LocalDate day,
    String userId,
    String email,
    String name,
    @Points BigDecimal engagementScore,
    String band,
    String segment,
    boolean atRisk,
    boolean winnable,
    Instant asOf,
    String policyVersion,
    boolean reconstructed) {}
