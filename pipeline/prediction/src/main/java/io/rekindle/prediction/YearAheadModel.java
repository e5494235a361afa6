package io.rekindle.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.scoring.orders.ExchangeRates;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.SpendModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a fit knows of the year ahead: the buyer model, and the tenths of the shop's clients. It is
 * a part of a row of {@code engagement.models}, which the scoring engine does not use. Immutable.
 *
 * @param orderDays the tenths by expected order days within 365 days
 * @param spend the tenths by expected spend in hundredths
 */
public record YearAheadModel(BuyerModel buyers, Tenths orderDays, Tenths spend) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final double WEEK = 7.0 * UserFacts.DAY;
  private static final double MAX_WEEKS = 5_000;

  /**
   * A client's year, and the next order.
   *
   * @param year what is expected
   * @param orderDaysTenth 1 for the tenth of the clients with the most order days
   * @param spendTenth 1 for the tenth of the clients with the largest spend
   * @param from the instant up to which such a client orders with a probability of a quarter, epoch
   *     milliseconds; null for never
   * @param median the same of a half
   * @param until the same of three quarters
   */
  public record ClientYear(
      ExpectedYear year, int orderDaysTenth, int spendTenth, Long from, Long median, Long until) {}

  /** Fits the tenths to the sample of a shop. */
  static YearAheadModel of(BuyerModel buyers, SpendModel money, ShopSummary summary) {
    int size = summary.sample().size();
    double[] orderDays = new double[size];
    double[] spend = new double[size];
    for (int i = 0; i < size; i++) {
      ExpectedYear year =
          ExpectedYear.of(buyers, money, summary.sample().get(i), summary.spend().get(i));
      orderDays[i] = year.orderDays();
      spend[i] = year.spend();
    }
    return new YearAheadModel(buyers, Tenths.of(orderDays), Tenths.of(spend));
  }

  /**
   * Reads what a model knows of the year ahead.
   *
   * @param modelJson a document that the engine has accepted
   * @return empty if it has none
   */
  public static Optional<YearAheadModel> read(String modelJson) {
    try {
      JsonNode model = JSON.readTree(modelJson);
      JsonNode buyers = model.path("buyers");
      JsonNode year = model.path("year");
      if (buyers.isMissingNode() || year.isMissingNode()) {
        return Optional.empty();
      }
      return Optional.of(
          new YearAheadModel(
              new BuyerModel(
                  buyers.path("r").asDouble(),
                  buyers.path("alpha").asDouble(),
                  buyers.path("a").asDouble(),
                  buyers.path("b").asDouble()),
              tenths(year.path("orderDays")),
              tenths(year.path("spend"))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A model in force is no JSON", e);
    }
  }

  private static Tenths tenths(JsonNode borders) {
    List<Double> numbers = new ArrayList<>();
    borders.forEach(border -> numbers.add(border.asDouble()));
    return new Tenths(numbers);
  }

  /** Adds this to the document of a model. */
  void writeTo(ObjectNode model) {
    model
        .putObject("buyers")
        .put("r", PolicyDocument.number(buyers.r()))
        .put("alpha", PolicyDocument.number(buyers.alpha()))
        .put("a", PolicyDocument.number(buyers.a()))
        .put("b", PolicyDocument.number(buyers.b()));
    ObjectNode year = model.putObject("year");
    add(orderDays, year.putArray("orderDays"));
    add(spend, year.putArray("spend"));
  }

  private static void add(Tenths tenths, ArrayNode array) {
    tenths.borders().forEach(border -> array.add(PolicyDocument.number(border)));
  }

  /**
   * The year ahead of a client.
   *
   * @param orders all orders of the client, sorted
   * @param asOf epoch milliseconds
   * @param rates those of the policy in force
   * @param money what an order is worth, by the same model
   * @return empty without an effective order
   */
  public Optional<ClientYear> client(
      OrderHistory orders, long asOf, ExchangeRates rates, SpendModel money) {
    ClientSweep sweep = new ClientSweep(rates);
    sweep.load(orders, asOf);
    if (!sweep.advance(asOf)) {
      return Optional.empty();
    }
    BuyingRecord buying = sweep.buying();
    ExpectedYear year = ExpectedYear.of(buyers, money, buying, sweep.repeatSpend());
    return Optional.of(
        new ClientYear(
            year,
            orderDays.of(year.orderDays()),
            spend.of(year.spend()),
            instant(buying, asOf, 0.25),
            instant(buying, asOf, 0.5),
            instant(buying, asOf, 0.75)));
  }

  /** Null for never, which is also a time of more than a century. */
  private Long instant(BuyingRecord buying, long asOf, double probability) {
    double weeks = buyers.weeksUntil(buying, probability);
    return weeks < MAX_WEEKS ? asOf + (long) (weeks * WEEK) : null;
  }
}
