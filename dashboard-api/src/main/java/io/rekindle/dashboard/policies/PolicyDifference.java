package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * A number of a policy beside that of the policy in force.
 *
 * @param text the key of its name among the texts
 * @param inForce null if the policy in force has no such number
 * @param shown null if the other has none
 */
public record PolicyDifference(String text, BigDecimal inForce, BigDecimal shown) {

  /** The most points of each factor that one of the two has, then the thresholds. */
  static List<PolicyDifference> between(JsonNode shown, JsonNode inForce) {
    List<PolicyDifference> differences = new ArrayList<>();
    for (Factor factor : Factor.values()) {
      BigDecimal before = mostPoints(inForce.path(factor.key()));
      BigDecimal after = mostPoints(shown.path(factor.key()));
      if (before != null || after != null) {
        differences.add(new PolicyDifference("policy.form." + factor.key(), before, after));
      }
    }
    add(differences, "policy.difference.atRisk", "/atRisk/scoreBelow", shown, inForce);
    add(differences, "policy.difference.healthy", "/bands/healthyFrom", shown, inForce);
    add(differences, "policy.difference.low", "/bands/lowFrom", shown, inForce);
    return differences;
  }

  private static void add(
      List<PolicyDifference> differences,
      String text,
      String place,
      JsonNode shown,
      JsonNode inForce) {
    differences.add(new PolicyDifference(text, number(inForce.at(place)), number(shown.at(place))));
  }

  /** The points of the best tier, of a line, or of a contact; null without any. */
  private static BigDecimal mostPoints(JsonNode factor) {
    BigDecimal most = number(factor.path("points"));
    if (most == null) {
      most = number(factor.at("/linear/points"));
    }
    for (JsonNode tier : factor.path("tiers")) {
      BigDecimal points = number(tier.path("points"));
      if (points != null && (most == null || points.compareTo(most) > 0)) {
        most = points;
      }
    }
    return most;
  }

  private static BigDecimal number(JsonNode node) {
    return node.isNumber() ? node.decimalValue() : null;
  }
}
