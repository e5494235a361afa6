package io.rekindle.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.policy.ScoringPolicy;

/**
 * The currencies of a shop, as a policy states them. Immutable: do not write to the section.
 *
 * @param rates convert amounts as the engine does
 * @param section the section {@code currency} of the policy; null if amounts count at face value
 */
public record ShopCurrency(ExchangeRates rates, JsonNode section) {

  /** Every amount at face value. */
  public static final ShopCurrency FACE_VALUE = new ShopCurrency(ExchangeRates.FACE_VALUE, null);

  private static final String SECTION = "currency";
  private static final JsonMapper JSON = new JsonMapper();

  /** The currencies of a policy. */
  public static ShopCurrency of(ScoringPolicy policy) {
    JsonNode section = read(policy).get(SECTION);
    return section == null
        ? FACE_VALUE
        : new ShopCurrency(policy.definition().exchangeRates(), section);
  }

  /** The same policy with these currencies. */
  ScoringPolicy applyTo(ScoringPolicy policy) {
    ObjectNode document = read(policy);
    if (section == null) {
      document.remove(SECTION);
    } else {
      document.set(SECTION, section);
    }
    try {
      return ScoringPolicy.parse(document.toString());
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("Currencies of one valid policy spoil another", e);
    }
  }

  private static ObjectNode read(ScoringPolicy policy) {
    try {
      return (ObjectNode) JSON.readTree(policy.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A policy has a document that is no JSON", e);
    }
  }
}
