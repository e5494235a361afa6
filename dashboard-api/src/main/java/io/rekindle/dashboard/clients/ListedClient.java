package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.clients.ListedFactsQuery.ListedFacts;
import io.rekindle.dashboard.database.FactorPoints;
import io.rekindle.dashboard.json.Json;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * A client in a list: the profile, and what is looked up of each client of a list. The lists of the
 * API, its CSV and the pages have it.
 *
 * @param mainReason what the score lacks most: a factor; OVERRIDE, or FALL if the client is at risk
 *     by the fall since the last order alone; null without a score
 * @param silentGaps how many usual gaps the silence is long; null if that is not known, as after
 *     orders on one day only
 */
public record ListedClient(
    @JsonUnwrapped ClientProfile client,
    String mainReason,
    Double silentGaps,
    @JsonUnwrapped ListedFacts facts) {

  private static final double TENTHS = 10;

  /** Makes a row of each client, in their order. */
  static List<ListedClient> of(
      Handle handle, List<ClientProfile> clients, ScoringPolicy policy, Instant now) {
    Map<String, ListedFacts> facts =
        ListedFactsQuery.of(handle, clients.stream().map(ClientProfile::userId).toList());
    Map<Factor, BigDecimal> most = most(policy);
    return clients.stream()
        .map(
            client ->
                new ListedClient(
                    client,
                    reason(client, most, policy),
                    gaps(client, facts.get(client.userId()), now),
                    facts.get(client.userId())))
        .collect(Collectors.toList());
  }

  /** The most points that each factor of a policy can give, as far as it has tiers. */
  private static Map<Factor, BigDecimal> most(ScoringPolicy policy) {
    JsonNode document = Json.column(policy.json());
    Map<Factor, BigDecimal> most = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      for (JsonNode tier : document.path(factor.key()).path("tiers")) {
        most.merge(factor, tier.path("points").decimalValue(), BigDecimal::max);
      }
    }
    return most;
  }

  private static Double gaps(ClientProfile client, ListedFacts facts, Instant now) {
    Long gap = client.usualGapMillis();
    if (gap == null || gap == 0 || client.lastOrderDate() == null) {
      return null;
    }
    // With orders on one day only, the gap is what is usual for others.
    Instant first = facts.firstOrderDate();
    if (first == null || day(first).equals(day(client.lastOrderDate()))) {
      return null;
    }
    double gaps = (double) Duration.between(client.lastOrderDate(), now).toMillis() / gap;
    return Math.round(gaps * TENTHS) / TENTHS;
  }

  private static LocalDate day(Instant order) {
    return LocalDate.ofInstant(order, ZoneOffset.UTC);
  }

  /** The factor that is furthest below the most it can give. */
  private static String reason(
      ClientProfile client, Map<Factor, BigDecimal> most, ScoringPolicy policy) {
    if (Boolean.TRUE.equals(client.overridden())) {
      return "OVERRIDE";
    }
    FactorPoints points = client.breakdown();
    if (points == null) {
      return null;
    }
    BigDecimal below = BigDecimal.valueOf(policy.atRiskBelow());
    if (Boolean.TRUE.equals(client.atRisk()) && client.engagementScore().compareTo(below) >= 0) {
      return "FALL";
    }
    Factor reason = null;
    BigDecimal largest = null;
    for (Factor factor : Factor.values()) {
      BigDecimal lack = lack(points.of(factor), most.get(factor));
      if (reason == null || lack.compareTo(largest) > 0) {
        reason = factor;
        largest = lack;
      }
    }
    return reason.name();
  }

  private static BigDecimal lack(BigDecimal points, BigDecimal possible) {
    return possible == null || points == null ? BigDecimal.ZERO : possible.subtract(points);
  }
}
