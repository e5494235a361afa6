package io.rekindle.prediction;

import io.rekindle.prediction.FitResult.Minimum;
import io.rekindle.prediction.FitResult.Shortfall;
import io.rekindle.scoring.orders.OrderHistory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fits a policy to a shop's orders: the same additive document as {@code cadence-v1}, whose points
 * are learned from the shop's past, with a table of the probability of an order within 90 days by
 * score. docs/prediction.md has the model.
 *
 * <p>A pure function of the set of effective orders and the instant. Neither the sequence of
 * clients nor the machine changes a byte of the document. Memory depends on the number of cells,
 * and not on that of clients.
 */
public final class PolicyFit {

  private final ShopOrders shop;
  private final long asOf;
  private final int horizonDays;

  private PolicyFit(ShopOrders shop, long asOf, int horizonDays) {
    this.shop = shop;
    this.asOf = asOf;
    this.horizonDays = horizonDays;
  }

  /**
   * Fits a policy.
   *
   * @param shop the orders; later ones than the instant are left out
   * @param asOf epoch milliseconds
   * @throws IllegalArgumentException if the orders of a client are not sorted
   */
  public static FitResult fit(ShopOrders shop, long asOf) {
    return fit(shop, asOf, Snapshots.HORIZON_DAYS);
  }

  /**
   * Fits a policy with the probability of an order within other days.
   *
   * @param horizonDays above zero
   */
  static FitResult fit(ShopOrders shop, long asOf, int horizonDays) {
    return new PolicyFit(shop, asOf, horizonDays).fit();
  }

  private FitResult fit() {
    ShopSummary summary = ShopSummary.read(shop, asOf);
    List<Shortfall> shortfalls = new ArrayList<>();
    require(Minimum.CLIENTS, summary.clients(), shortfalls);
    require(Minimum.REPEAT_CLIENTS, summary.repeatClients(), shortfalls);
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    BuyerModel teacher = BuyerModelFit.fit(summary.sample());
    Snapshots snapshots = new Snapshots(asOf, summary.firstOrderAt(), horizonDays);
    ExampleReader reader = new ExampleReader(asOf, snapshots, summary.reference(), teacher);
    shop.forEachClient(reader);

    CellTotals cells = reader.examples.totals();
    require(Minimum.RETURNS, cells.totalReturns(), shortfalls);
    require(Minimum.NON_RETURNS, cells.totalWeight() - cells.totalReturns(), shortfalls);
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    double prior = LogisticLine.fit(scores(cells, WholePoints.ofTemplate()), cells).slope();
    BorderWeights weights = BorderWeights.fit(cells, prior);
    require(Minimum.SIGNAL, Arrays.stream(weights.weights()).sum(), shortfalls);
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    WholePoints points = WholePoints.rounded(weights.weights());
    double[] scores = scores(cells, points);
    LogisticLine line = LogisticLine.fit(scores, cells);
    int[] perMille = perMille(line);
    CellTotals cadence = reader.cadence.totals();
    LogisticLine cadenceLine =
        LogisticLine.fit(Arrays.stream(cadence.cells()).asDoubleStream().toArray(), cadence);
    String document =
        PolicyDocument.of(
            summary,
            asOf,
            snapshots.horizonDays(),
            teacher,
            cells,
            prior,
            weights,
            points,
            reader.workload.thresholds(points),
            line,
            perMille);
    return new FitResult.Fitted(
        new FittedPolicy(
            document,
            asOf,
            summary.clients(),
            summary.repeatClients(),
            summary.orders(),
            snapshots.count(),
            reader.examples.examples(),
            cells.size(),
            cells.totalWeight(),
            cells.totalReturns(),
            summary.reference(),
            teacher,
            weights.intercept(),
            prior,
            Arrays.stream(weights.weights()).boxed().toList(),
            line.intercept(),
            line.slope(),
            SpendModelFit.fit(summary.spend(), summary.meanOrder()),
            Arrays.stream(perMille).boxed().toList(),
            Arrays.stream(perMille(cadenceLine)).boxed().toList(),
            Quality.of(Arrays.stream(scores).map(line::probability).toArray(), cells)));
  }

  private static void require(Minimum minimum, double found, List<Shortfall> shortfalls) {
    if (!(found >= minimum.required())) {
      shortfalls.add(new Shortfall(minimum, found));
    }
  }

  private static double[] scores(CellTotals cells, WholePoints points) {
    return Arrays.stream(cells.cells()).mapToDouble(points::score).toArray();
  }

  /** The probability of each score in thousandths, rounded half up. */
  static int[] perMille(LogisticLine line) {
    int[] perMille = new int[101];
    Arrays.setAll(perMille, score -> (int) Math.floor(1000 * line.probability(score) + 0.5));
    return perMille;
  }

  /** Makes examples of each client, in one pass over the client's orders. */
  private static final class ExampleReader implements ShopOrders.Visitor {

    private final long asOf;
    private final Snapshots snapshots;
    private final long reference;
    private final BuyerModel teacher;
    private final ClientSweep sweep = new ClientSweep();
    private final ExampleCounts examples;

    // The same examples by the score of cadence-v1 in place of a cell.
    private final ExampleCounts cadence;
    private final int[] cadenceScores = WholePoints.ofTemplate().scores();
    private final Workload workload = new Workload();

    ExampleReader(long asOf, Snapshots snapshots, long reference, BuyerModel teacher) {
      this.asOf = asOf;
      this.snapshots = snapshots;
      this.reference = reference;
      this.teacher = teacher;
      examples = new ExampleCounts(snapshots.weights(), Snapshots.TEACHER_WEIGHT);
      cadence = new ExampleCounts(snapshots.weights(), Snapshots.TEACHER_WEIGHT);
    }

    @Override
    public void client(String userId, OrderHistory orders) {
      sweep.load(orders, asOf);
      for (int i = 0; i < snapshots.count(); i++) {
        long instant = snapshots.instant(i);
        if (sweep.advance(instant)) {
          boolean returned = sweep.nextOrderAt() <= instant + snapshots.horizon();
          examples.add(sweep.cell(reference), i, returned);
          cadence.add(cadenceScore(), i, returned);
        }
      }
      if (sweep.advance(asOf)) {
        double probability = teacher.ordersWithin(sweep.buying(), snapshots.horizonWeeks());
        examples.addTeacher(sweep.cell(reference), probability);
        cadence.addTeacher(cadenceScore(), probability);
        workload.add(sweep, reference);
      }
    }

    private int cadenceScore() {
      return cadenceScores[sweep.cell(Workload.CADENCE_REFERENCE)];
    }
  }
}
