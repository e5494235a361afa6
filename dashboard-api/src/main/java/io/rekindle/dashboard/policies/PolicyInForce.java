package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.json.Json;
import io.rekindle.prediction.YearAheadModel;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;

/**
 * The policy by which the job computes scores, with its model.
 *
 * @param currency ISO 4217 code of all amounts: the policy's, or the one that all orders of the
 *     shop have; null if the policy has none and orders are in several, whose amounts count at face
 *     value
 * @param usdRate what a US dollar is worth in that currency by the rates of the policy; null if it
 *     has none
 * @param yearAhead what the model knows of the year ahead; empty if it knows nothing
 */
public record PolicyInForce(
    ScoringPolicy policy, String currency, BigDecimal usdRate, Optional<YearAheadModel> yearAhead) {

  private static final String USD = "USD";

  private static final String SQL =
      """
      select p.document::text as document, p.model::text as model, c.currency as shop_currency
      from (values (1)) one left join engagement.policy_in_force p on true
      left join dashboard.shop_currency c on true
      """;

  /**
   * The policy last read, since it seldom changes, and to parse it takes longer than to read it.
   */
  private static final AtomicReference<Parsed> LAST = new AtomicReference<>(new Parsed(null, null));

  /**
   * A row of engagement.policy_in_force, with the currency of the shop.
   *
   * @param document null before the job has stored a policy
   * @param model null if there is none
   * @param shopCurrency null if orders are in several, or not counted yet
   */
  private record Stored(String document, String model, String shopCurrency) {}

  private record Parsed(Stored row, PolicyInForce policy) {}

  /**
   * Reads the policy that the job has stored. The job stores it with its first watermark; before
   * that there are no scores, and the job goes by the built-in policy.
   *
   * @throws IllegalStateException if the stored document is no valid policy
   */
  public static PolicyInForce read(Handle handle) {
    return parsed(handle.createQuery(SQL).mapTo(Stored.class).one());
  }

  private static PolicyInForce parsed(Stored row) {
    Parsed known = LAST.get();
    if (!row.equals(known.row())) {
      known = new Parsed(row, of(parse(row), row.shopCurrency()));
      LAST.set(known);
    }
    return known.policy();
  }

  private static PolicyInForce of(ScoringPolicy policy, String shopCurrency) {
    JsonNode money = Json.column(policy.json()).path("currency");
    String base = money.path("base").textValue();
    String currency = base == null ? shopCurrency : base;
    String rate = USD.equals(currency) ? "1" : money.path("rates").path(USD).textValue();
    return new PolicyInForce(
        policy,
        currency,
        rate == null ? null : new BigDecimal(rate),
        policy.model().flatMap(model -> YearAheadModel.read(model.json())));
  }

  private static ScoringPolicy parse(Stored row) {
    if (row.document() == null) {
      return ScoringPolicy.byDefault();
    }
    try {
      PolicyModel model = row.model() == null ? null : PolicyModel.parse(row.model());
      return ScoringPolicy.parse(row.document()).withModel(model);
    } catch (InvalidPolicyException e) {
      throw new IllegalStateException("The policy that the job has stored is not valid", e);
    }
  }
}
