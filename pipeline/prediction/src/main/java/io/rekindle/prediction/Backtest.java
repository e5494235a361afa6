package io.rekindle.prediction;

import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Looks how good policies would have been: at each of several past instants a policy is fitted to
 * the orders up to it, and compared with what the clients did after. No fit sees the future. Three
 * are compared: {@code cadence-v1} with its score as a percentage, {@code cadence-v1} with a fitted
 * table, and the fitted policy.
 *
 * <p>A pure function of the orders. Memory depends on the number of instants, and not on that of
 * clients.
 */
public final class Backtest {

  /**
   * The result.
   *
   * @param instants the instants, ascending, epoch milliseconds; empty if the shop is too young
   * @param figures by policy; empty without an instant
   */
  public record Result(List<Long> instants, List<BacktestFigures> figures) {

    /** Copies the lists. */
    public Result {
      instants = List.copyOf(instants);
      figures = List.copyOf(figures);
    }
  }

  private static final long DAY = UserFacts.DAY;

  /** The days before the first past instant of the first fit; two of them are examples then. */
  private static final int FIRST_AFTER_DAYS = 60;

  private final ShopOrders shop;
  private final int horizonDays;
  private final long horizon;
  private final long every;

  private Backtest(ShopOrders shop, int horizonDays, int everyDays) {
    this.shop = shop;
    this.horizonDays = horizonDays;
    horizon = horizonDays * DAY;
    every = everyDays * DAY;
  }

  /**
   * Runs a backtest.
   *
   * @param horizonDays the days after an instant in which an order is a return, above zero
   * @param everyDays from instant to instant, above zero
   */
  public static Result run(ShopOrders shop, int horizonDays, int everyDays) {
    return new Backtest(shop, horizonDays, everyDays).run();
  }

  private Result run() {
    List<Long> instants = new ArrayList<>();
    List<FittedPolicy> policies = new ArrayList<>();
    for (long instant : candidates()) {
      // Without an observed example there is only the teacher, and nothing to compare.
      if (PolicyFit.fit(shop, instant, horizonDays) instanceof FitResult.Fitted fitted
          && fitted.policy().snapshots() > 0) {
        instants.add(instant);
        policies.add(fitted.policy());
      }
    }
    if (instants.isEmpty()) {
      return new Result(List.of(), List.of());
    }
    return new Result(instants, figures(instants, policies));
  }

  /** The midnights from some days after the first order on, as long as all outcomes are known. */
  private List<Long> candidates() {
    Span span = new Span();
    shop.forEachClient(span);
    List<Long> candidates = new ArrayList<>();
    if (span.last != Long.MIN_VALUE) {
      long instant = Math.floorDiv(span.first, DAY) * DAY + FIRST_AFTER_DAYS * DAY + horizon;
      for (; instant + horizon <= span.last; instant += every) {
        candidates.add(instant);
      }
    }
    return candidates;
  }

  private static final class Span implements ShopOrders.Visitor {

    private final ClientSweep sweep = new ClientSweep();
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    @Override
    public void client(String userId, OrderHistory orders) {
      sweep.load(orders, Long.MAX_VALUE);
      if (sweep.size() > 0) {
        first = Math.min(first, sweep.placedAt(0));
        last = Math.max(last, sweep.placedAt(sweep.size() - 1));
      }
    }
  }

  private List<BacktestFigures> figures(List<Long> instants, List<FittedPolicy> policies) {
    int count = instants.size();
    ScoredOutcomes percent = new ScoredOutcomes(count);
    ScoredOutcomes table = new ScoredOutcomes(count);
    ScoredOutcomes fitted = new ScoredOutcomes(count);
    int[][] scores = new int[count][];
    for (int i = 0; i < count; i++) {
      FittedPolicy policy = policies.get(i);
      percent.predict(i, probabilities(score -> 10 * score));
      table.predict(i, probabilities(score -> policy.cadencePerMille().get(score)));
      fitted.predict(i, probabilities(score -> policy.perMille().get(score)));
      scores[i] = WholePoints.rounded(weights(policy)).scores();
    }
    int[] cadenceScores = WholePoints.ofTemplate().scores();
    ClientSweep sweep = new ClientSweep();
    shop.forEachClient(
        (userId, orders) -> {
          sweep.load(orders, Long.MAX_VALUE);
          for (int i = 0; i < count; i++) {
            long instant = instants.get(i);
            if (sweep.advance(instant)) {
              boolean returned = sweep.nextOrderAt() <= instant + horizon;
              int cadence = cadenceScores[sweep.cell(Workload.CADENCE_REFERENCE)];
              percent.add(i, cadence, returned);
              table.add(i, cadence, returned);
              fitted.add(i, scores[i][sweep.cell(policies.get(i).reference())], returned);
            }
          }
        });
    return List.of(
        percent.figures("cadence-v1 / 100"),
        table.figures("cadence-v1 with a table"),
        fitted.figures("fitted"));
  }

  private static double[] weights(FittedPolicy policy) {
    return policy.borderWeights().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] probabilities(IntUnaryOperator perMille) {
    double[] probabilities = new double[101];
    Arrays.setAll(probabilities, score -> perMille.applyAsInt(score) / 1000.0);
    return probabilities;
  }
}
