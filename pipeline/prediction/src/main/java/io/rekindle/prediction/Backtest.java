package io.rekindle.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.platform.text.Digest;
import io.rekindle.prediction.Bootstrap.Predictions;
import io.rekindle.prediction.Contender.OpenGap;
import io.rekindle.prediction.PolicyBacktest.Difference;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.OrderProbability;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Looks how good policies would have been: at each of several past instants a policy is fitted to
 * the orders up to it, and compared with what the clients did after. No fit sees the future. At
 * least three are compared: {@code cadence-v1} with its score as a percentage, {@code cadence-v1}
 * with a fitted table, and the fitted policy. The engine evaluates each of them.
 *
 * <p>A pure function of the orders and the plan. Memory depends on the number of instants, and not
 * on that of clients.
 */
public final class Backtest {

  /** The name of {@code cadence-v1} with its score as a percentage. */
  public static final String CADENCE_PERCENT = "cadence-v1 / 100";

  /** The name of {@code cadence-v1} with a fitted table, from which differences are taken. */
  public static final String CADENCE_TABLE = "cadence-v1 with a table";

  /** The name of the policy that is fitted anew at each instant. */
  public static final String FITTED = "fitted";

  private static final long DAY = UserFacts.DAY;
  private static final JsonMapper JSON = new JsonMapper();

  /** The days before the first past instant of the first fit; two of them are examples then. */
  private static final int FIRST_AFTER_DAYS = 60;

  /** The place of cadence-v1 with a fitted table. */
  private static final int BASE = 1;

  /**
   * The result.
   *
   * @param horizonDays the days after an instant in which an order is a return
   * @param everyDays from instant to instant
   * @param instants ascending, epoch milliseconds; empty if the shop is too young
   * @param policies empty without an instant
   * @param yearAhead what was said of the year ahead and the next order; empty lists without an
   *     instant
   */
  public record Result(
      int horizonDays,
      int everyDays,
      List<Long> instants,
      List<PolicyBacktest> policies,
      YearAheadBacktest yearAhead) {

    /** Copies the lists. */
    public Result {
      instants = List.copyOf(instants);
      policies = List.copyOf(policies);
    }

    /** The result of a policy by its name. */
    public PolicyBacktest policy(String name) {
      return policies.stream()
          .filter(policy -> policy.policy().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("No policy " + name));
    }

    /** The result as JSON. */
    public String json() {
      try {
        return JSON.writeValueAsString(this);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A result of numbers cannot be written", e);
      }
    }
  }

  private final ShopOrders shop;
  private final BacktestPlan plan;
  private final long horizon;

  private Backtest(ShopOrders shop, BacktestPlan plan) {
    this.shop = shop;
    this.plan = plan;
    horizon = plan.horizonMillis();
  }

  /** Runs a backtest over the past of the shop. */
  public static Result run(ShopOrders shop, BacktestPlan plan) {
    Backtest backtest = new Backtest(shop, plan);
    return backtest.at(backtest.candidates());
  }

  /**
   * Evaluates policies of one instant on what came since: the instant is the horizon before the
   * plan's end.
   */
  public static Result since(ShopOrders shop, BacktestPlan plan) {
    Backtest backtest = new Backtest(shop, plan);
    return backtest.at(List.of(plan.asOf() - backtest.horizon));
  }

  /** The midnights from some days after the first order on, as long as all outcomes are known. */
  private List<Long> candidates() {
    Span span = new Span();
    shop.forEachClient(span);
    List<Long> candidates = new ArrayList<>();
    if (span.last != Long.MIN_VALUE) {
      long instant = Math.floorDiv(span.first, DAY) * DAY + FIRST_AFTER_DAYS * DAY + horizon;
      for (; instant + horizon <= span.last; instant += plan.everyDays() * DAY) {
        candidates.add(instant);
      }
    }
    return candidates;
  }

  private final class Span implements ShopOrders.Visitor {

    private final ClientSweep sweep = new ClientSweep(plan.currency().rates());
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    @Override
    public void client(String userId, OrderHistory orders) {
      sweep.load(orders, plan.asOf());
      if (sweep.size() > 0) {
        first = Math.min(first, sweep.placedAt(0));
        last = Math.max(last, sweep.placedAt(sweep.size() - 1));
      }
    }
  }

  private Result at(List<Long> candidates) {
    List<Long> instants = new ArrayList<>();
    List<FittedPolicy> fitted = new ArrayList<>();
    List<ScoringPolicy> withoutTable =
        plan.policies().stream().filter(policy -> !hasOwnTable(policy)).toList();
    if (!candidates.isEmpty()) {
      List<FitResult> fits =
          PolicyFit.fit(
              shop,
              candidates.stream().mapToLong(Long::longValue).toArray(),
              plan.horizonDays(),
              plan.currency(),
              withoutTable,
              false);
      for (int i = 0; i < fits.size(); i++) {
        // Without an observed example there is only the teacher, and nothing to compare.
        if (fits.get(i) instanceof FitResult.Fitted fit && fit.policy().snapshots() > 0) {
          instants.add(candidates.get(i));
          fitted.add(fit.policy());
        }
      }
    }
    if (instants.isEmpty()) {
      return new Result(
          plan.horizonDays(),
          plan.everyDays(),
          instants,
          List.of(),
          new YearAheadBacktest(List.of(), List.of()));
    }
    YearAheadBacktest.Sums yearAhead =
        new YearAheadBacktest.Sums(instants, fitted, instants.get(instants.size() - 1) + horizon);
    List<PolicyBacktest> policies = evaluate(instants, fitted, withoutTable, yearAhead);
    return new Result(plan.horizonDays(), plan.everyDays(), instants, policies, yearAhead.result());
  }

  /** The built-in table of cadence-v1 is of another shop. */
  private static boolean hasOwnTable(ScoringPolicy policy) {
    return policy.probability().isPresent() && !policy.hasBuiltInProbability();
  }

  /** A policy with its name and its probabilities. */
  private record Named(
      String name,
      boolean sawOutcomes,
      Contender contender,
      IntFunction<IntUnaryOperator> tables) {}

  private List<PolicyBacktest> evaluate(
      List<Long> instants,
      List<FittedPolicy> fitted,
      List<ScoringPolicy> withoutTable,
      YearAheadBacktest.Sums yearAhead) {
    Contender cadence =
        Contender.always(
            instants,
            plan.currency().applyTo(ScoringPolicy.builtIn("cadence-v1")),
            plan.outreach());
    Contender refitted =
        Contender.refitted(
            instants, fitted.stream().map(FittedPolicy::policy).toList(), plan.outreach());
    List<Named> all = new ArrayList<>();
    all.add(new Named(CADENCE_PERCENT, false, cadence, i -> score -> 10 * score));
    all.add(new Named(CADENCE_TABLE, false, cadence, i -> fitted.get(i).cadencePerMille()::get));
    all.add(new Named(FITTED, false, refitted, i -> fitted.get(i).perMille()::get));
    for (ScoringPolicy policy : plan.policies()) {
      OrderProbability own = hasOwnTable(policy) ? policy.probability().orElseThrow() : null;
      int index = withoutTable.indexOf(policy);
      all.add(
          new Named(
              policy.version(),
              fittedAsOf(policy) > instants.get(0),
              Contender.always(instants, policy, plan.outreach()),
              own == null
                  ? i -> fitted.get(i).otherPerMille().get(index)::get
                  : i -> own::perMille));
    }
    List<Contender> contenders = all.stream().map(Named::contender).distinct().toList();
    shop.forEachClient(new Evaluator(instants, contenders, yearAhead));

    List<Predictions> predictions =
        all.stream()
            .map(
                named ->
                    new Predictions(
                        named.contender().outcomes(),
                        probabilities(instants.size(), named.tables())))
            .toList();
    List<Difference> differences = Bootstrap.differences(predictions, BASE);
    List<PolicyBacktest> results = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      results.add(result(instants, all.get(i), predictions.get(i), differences.get(i)));
    }
    return results;
  }

  private PolicyBacktest result(
      List<Long> instants, Named named, Predictions predictions, Difference difference) {
    ScoredOutcomes outcomes = predictions.all();
    return new PolicyBacktest(
        named.name(),
        named.sawOutcomes(),
        outcomes.figures(),
        outcomes.bins(),
        outcomes.deciles(),
        outcomes.months(instants),
        named.contender().warning(outcomes.sums()),
        named.contender().emails(plan.everyDays()),
        difference);
  }

  /** Shows every client at every instant to the contenders. */
  private final class Evaluator implements ShopOrders.Visitor {

    private final List<Long> instants;
    private final List<Contender> contenders;
    private final YearAheadBacktest.Sums yearAhead;
    private final ClientSweep sweep = new ClientSweep(plan.currency().rates());
    private final PastOrdersUntil past = new PastOrdersUntil();

    Evaluator(List<Long> instants, List<Contender> contenders, YearAheadBacktest.Sums yearAhead) {
      this.instants = instants;
      this.contenders = contenders;
      this.yearAhead = yearAhead;
    }

    @Override
    public void client(String userId, OrderHistory orders) {
      sweep.load(orders, plan.asOf());
      if (sweep.size() == 0) {
        return;
      }
      past.load(orders);
      contenders.forEach(Contender::begin);
      byte[] digest = Digest.of(userId);
      int group = digest[0] & 0xFF;
      boolean sampled = yearAhead.samples(digest);
      long before = Long.MIN_VALUE;
      for (int i = 0; i < instants.size(); i++) {
        long instant = instants.get(i);
        if (sweep.advance(instant)) {
          long last = sweep.lastOrderAt();
          OpenGap gap = new OpenGap(last, sweep.nextOrderAt() <= instant + horizon);
          for (Contender contender : contenders) {
            contender.add(group, i, past, gap, last != before);
          }
          before = last;
          if (sampled) {
            yearAhead.add(i, sweep);
          }
        }
      }
      contenders.forEach(Contender::end);
    }
  }

  private static double[][] probabilities(int instants, IntFunction<IntUnaryOperator> tables) {
    double[][] probabilities = new double[instants][OutcomeCounts.SCORES];
    for (int i = 0; i < instants; i++) {
      IntUnaryOperator table = tables.apply(i);
      Arrays.setAll(probabilities[i], score -> table.applyAsInt(score) / 1000.0);
    }
    return probabilities;
  }

  /** The instant of the fit of a policy; the earliest instant if it was not fitted. */
  private static long fittedAsOf(ScoringPolicy policy) {
    try {
      return JSON.readTree(policy.json())
          .path("probability")
          .path("fittedAsOf")
          .asLong(Long.MIN_VALUE);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A policy has a document that is no JSON", e);
    }
  }
}
