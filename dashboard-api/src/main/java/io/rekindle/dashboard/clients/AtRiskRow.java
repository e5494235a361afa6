package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.database.FactorPoints;
import io.rekindle.dashboard.json.Json;
import io.rekindle.scoring.contact.ContactRule;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A client at risk.
 *
 * @param reason key of the main reason for the score
 * @param gaps how many usual gaps the silence is long; null if that is not known
 * @param nextContact when the client may be written to again; null if at any time
 * @param obstacle why the client may not be written to at all; null if nothing speaks against it
 */
public record AtRiskRow(
    ClientProfile client,
    String reason,
    Double gaps,
    Instant nextContact,
    String obstacle,
    ContactStatus contact) {

  /**
   * Makes a row of each client.
   *
   * @param contacts by client
   * @param cooldownDays the least time between two emails to a client
   */
  static List<AtRiskRow> of(
      List<ClientProfile> clients,
      Map<String, ContactStatus> contacts,
      int cooldownDays,
      ScoringPolicy policy,
      Instant now) {
    Map<Factor, BigDecimal> most = most(policy);
    return clients.stream()
        .map(client -> of(client, contacts.get(client.userId()), cooldownDays, most, now))
        .toList();
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

  private static AtRiskRow of(
      ClientProfile client,
      ContactStatus contact,
      int cooldownDays,
      Map<Factor, BigDecimal> most,
      Instant now) {
    Long gap = client.usualGapMillis();
    boolean rhythm = gap != null && gap > 0;
    Double gaps =
        !rhythm || client.lastOrderDate() == null
            ? null
            : (double) Duration.between(client.lastOrderDate(), now).toMillis() / gap;
    return new AtRiskRow(
        client,
        reason(client, most),
        gaps,
        ContactRule.isInCooldown(client.lastContactAt(), cooldownDays, now)
            ? client.lastContactAt().plus(Duration.ofDays(cooldownDays))
            : null,
        contact.obstacle(),
        contact);
  }

  /** The factor that is furthest below the most it can give. */
  private static String reason(ClientProfile client, Map<Factor, BigDecimal> most) {
    if (Boolean.TRUE.equals(client.overridden())) {
      return "OVERRIDE";
    }
    FactorPoints points = client.breakdown();
    if (points == null) {
      return "NONE";
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
