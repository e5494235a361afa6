package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.web.Json;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A client at risk.
 *
 * @param yearly what the client spends in a year at the usual rhythm; null if that is not known
 * @param reason key of the main reason for the score
 * @param gaps how many usual gaps the silence is long; null if that is not known
 * @param nextContact when the client may be written to again; null if at any time
 * @param obstacle why the client may not be written to at all; null if nothing speaks against it
 */
public record AtRiskRow(
    ClientProfile client,
    BigDecimal yearly,
    String reason,
    Double gaps,
    Instant nextContact,
    String obstacle,
    ContactStatus contact) {

  private static final long YEAR_MILLIS = Duration.ofDays(365).toMillis();

  /**
   * Makes a row of each client.
   *
   * @param contacts by client
   * @param cooldown the least time between two emails to a client
   */
  static List<AtRiskRow> of(
      List<ClientProfile> clients,
      Map<String, ContactStatus> contacts,
      Duration cooldown,
      ScoringPolicy policy,
      Instant now) {
    Map<String, BigDecimal> most = most(policy);
    return clients.stream()
        .map(client -> of(client, contacts.get(client.userId()), cooldown, most, now))
        .toList();
  }

  /** The most points that each factor of a policy can give, as far as it has tiers. */
  private static Map<String, BigDecimal> most(ScoringPolicy policy) {
    JsonNode document = Json.column(policy.json());
    Map<String, BigDecimal> most = new HashMap<>();
    for (String factor : new String[] {"recency", "rhythm", "frequency", "value"}) {
      for (JsonNode tier : document.path(factor).path("tiers")) {
        most.merge(
            factor.toUpperCase(Locale.ROOT),
            tier.path("points").decimalValue(),
            (a, b) -> a.max(b));
      }
    }
    return most;
  }

  private static AtRiskRow of(
      ClientProfile client,
      ContactStatus contact,
      Duration cooldown,
      Map<String, BigDecimal> most,
      Instant now) {
    Long gap = client.usualGapMillis();
    boolean rhythm = gap != null && gap > 0;
    BigDecimal yearly =
        !rhythm || client.averageOrderValue() == null
            ? null
            : client
                .averageOrderValue()
                .multiply(BigDecimal.valueOf(YEAR_MILLIS))
                .divide(BigDecimal.valueOf(gap), 0, RoundingMode.HALF_EVEN);
    Double gaps =
        !rhythm || client.lastOrderDate() == null
            ? null
            : (double) Duration.between(client.lastOrderDate(), now).toMillis() / gap;
    Instant free = client.lastContactAt() == null ? null : client.lastContactAt().plus(cooldown);
    return new AtRiskRow(
        client,
        yearly,
        reason(client, most),
        gaps,
        free != null && free.isAfter(now) ? free : null,
        contact.obstacle(),
        contact);
  }

  /** The factor that lacks most of what it could give. */
  private static String reason(ClientProfile client, Map<String, BigDecimal> most) {
    if (Boolean.TRUE.equals(client.overridden())) {
      return "OVERRIDE";
    }
    ClientProfile.Breakdown points = client.breakdown();
    if (points == null) {
      return "NONE";
    }
    String reason = "RECENCY";
    BigDecimal largest = lack("RECENCY", points.recency(), most);
    Map<String, BigDecimal> others =
        Map.of(
            "RHYTHM", lack("RHYTHM", points.rhythm(), most),
            "FREQUENCY", lack("FREQUENCY", points.frequency(), most),
            "VALUE", lack("VALUE", points.value(), most));
    for (String factor : new String[] {"RHYTHM", "FREQUENCY", "VALUE"}) {
      if (others.get(factor).compareTo(largest) > 0) {
        reason = factor;
        largest = others.get(factor);
      }
    }
    return reason;
  }

  private static BigDecimal lack(String factor, BigDecimal points, Map<String, BigDecimal> most) {
    BigDecimal possible = most.get(factor);
    return possible == null || points == null ? BigDecimal.ZERO : possible.subtract(points);
  }
}
