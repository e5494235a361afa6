package io.rekindle.prediction;

import io.rekindle.prediction.FitResult.Minimum;
import io.rekindle.prediction.FitResult.Shortfall;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.SpendModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fits a policy to a shop's orders. Its document is additive as that of {@code cadence-v1}, and its
 * points are learned from the shop's past. A table has the probability of an order within 90 days
 * by score. docs/prediction.md has the model.
 *
 * <p>A pure function of the set of effective orders and the instant. Neither the sequence of
 * clients nor the machine changes a byte of the document. Memory depends on the number of cells,
 * and not on that of clients.
 */
public final class PolicyFit {

  private static final int SCORES = 101;

  private final long asOf;
  private final int horizonDays;
  private final ShopCurrency currency;
  private final ShopSummary summary;
  private final List<Shortfall> shortfalls = new ArrayList<>();

  // Null if the shop is too small.
  private BuyerModel teacher;
  private Snapshots snapshots;
  private ExampleCounts examples;
  private Workload workload;

  // The same examples by the score of cadence-v1, and of each other policy, in place of a cell.
  private ExampleCounts cadence;
  private List<ExampleCounts> others;

  private PolicyFit(
      long asOf, int horizonDays, ShopCurrency currency, ShopSummary summary, int others) {
    this.asOf = asOf;
    this.horizonDays = horizonDays;
    this.currency = currency;
    this.summary = summary;
    require(Minimum.CLIENTS, summary.clients());
    require(Minimum.REPEAT_CLIENTS, summary.repeatClients());
    if (shortfalls.isEmpty()) {
      teacher = BuyerModelFit.fit(summary.sample());
      snapshots = new Snapshots(asOf, summary.firstOrderAt(), horizonDays);
      examples = counts(TierCell.CELLS);
      cadence = counts(SCORES);
      this.others = new ArrayList<>();
      for (int i = 0; i < others; i++) {
        this.others.add(counts(SCORES));
      }
      workload = new Workload();
    }
  }

  private ExampleCounts counts(int cells) {
    return new ExampleCounts(cells, snapshots.weights(), Snapshots.TEACHER_WEIGHT);
  }

  /**
   * Fits a policy to amounts of one currency.
   *
   * @param shop the orders; later ones than the instant are left out
   * @param asOf epoch milliseconds
   * @throws IllegalArgumentException if the orders of a client are not sorted
   */
  public static FitResult fit(ShopOrders shop, long asOf) {
    return fit(shop, asOf, ShopCurrency.FACE_VALUE);
  }

  /**
   * Fits a policy, which takes over the currencies.
   *
   * @param shop the orders; later ones than the instant are left out
   * @param asOf epoch milliseconds
   * @throws IllegalArgumentException if the orders of a client are not sorted
   */
  public static FitResult fit(ShopOrders shop, long asOf, ShopCurrency currency) {
    return fit(shop, new long[] {asOf}, Snapshots.HORIZON_DAYS, currency, List.of(), true).get(0);
  }

  /**
   * Fits a policy as of each of several instants. The readings of the shop are shared.
   *
   * @param asOf ascending, at least one; epoch milliseconds
   * @param horizonDays the days of the probability of an order, above zero
   * @param others policies that get a fitted table, too
   * @param yearAhead whether to find the tenths of the clients; the year ahead is null otherwise
   */
  static List<FitResult> fit(
      ShopOrders shop,
      long[] asOf,
      int horizonDays,
      ShopCurrency currency,
      List<ScoringPolicy> others,
      boolean yearAhead) {
    List<ShopSummary> summaries = ShopSummary.read(shop, asOf, currency.rates());
    List<PolicyFit> fits = new ArrayList<>();
    for (int i = 0; i < asOf.length; i++) {
      fits.add(new PolicyFit(asOf[i], horizonDays, currency, summaries.get(i), others.size()));
    }
    List<PolicyFit> sufficient = fits.stream().filter(fit -> fit.teacher != null).toList();
    if (!sufficient.isEmpty()) {
      ExampleReader reader = new ExampleReader(sufficient, others);
      shop.forEachClient(reader);
      reader.finish();
    }
    return fits.stream().map(fit -> fit.result(yearAhead)).toList();
  }

  private FitResult result(boolean yearAhead) {
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    CellTotals cells = examples.totals();
    require(Minimum.RETURNS, cells.totalReturns());
    require(Minimum.NON_RETURNS, cells.totalWeight() - cells.totalReturns());
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    double prior = LogisticLine.fit(scores(cells, WholePoints.ofTemplate()), cells).slope();
    BorderWeights weights = BorderWeights.fit(cells, prior);
    require(Minimum.SIGNAL, Arrays.stream(weights.weights()).sum());
    if (!shortfalls.isEmpty()) {
      return new FitResult.Refused(shortfalls);
    }
    WholePoints points = WholePoints.rounded(weights.weights());
    double[] scores = scores(cells, points);
    LogisticLine line = LogisticLine.fit(scores, cells);
    int[] perMille = perMille(line);
    String document =
        PolicyDocument.of(
            summary,
            asOf,
            horizonDays,
            currency,
            teacher,
            cells,
            prior,
            weights,
            points,
            workload.thresholds(points),
            line,
            perMille);
    SpendModel spend = SpendModelFit.fit(summary.spend(), summary.meanOrder());
    return new FitResult.Fitted(
        new FittedPolicy(
            document,
            asOf,
            summary.clients(),
            summary.repeatClients(),
            summary.orders(),
            snapshots.count(),
            examples.examples(),
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
            spend,
            yearAhead ? YearAheadModel.of(teacher, spend, summary) : null,
            Arrays.stream(perMille).boxed().toList(),
            table(cadence),
            others.stream().map(PolicyFit::table).toList(),
            Quality.of(Arrays.stream(scores).map(line::probability).toArray(), cells)));
  }

  private void require(Minimum minimum, double found) {
    if (!(found >= minimum.required())) {
      shortfalls.add(new Shortfall(minimum, found));
    }
  }

  private static double[] scores(CellTotals cells, WholePoints points) {
    return Arrays.stream(cells.cells()).mapToDouble(points::score).toArray();
  }

  /** The table of a policy whose examples are counted by score. */
  private static List<Integer> table(ExampleCounts byScore) {
    CellTotals totals = byScore.totals();
    double[] scores = Arrays.stream(totals.cells()).asDoubleStream().toArray();
    return Arrays.stream(perMille(LogisticLine.fit(scores, totals))).boxed().toList();
  }

  /** The probability of each score in thousandths, rounded half up. */
  static int[] perMille(LogisticLine line) {
    int[] perMille = new int[SCORES];
    Arrays.setAll(perMille, score -> (int) Math.floor(1000 * line.probability(score) + 0.5));
    return perMille;
  }

  /** Makes examples of each client for all fits, in one pass over the client's orders. */
  private static final class ExampleReader implements ShopOrders.Visitor {

    private final List<Step> steps;
    private final long until;
    private final long horizon;
    private final ClientSweep sweep;
    private final List<PolicyCurve> others;
    private final PastOrdersUntil past = new PastOrdersUntil();
    private final int[] otherScores;
    private final int[] cadenceScores = WholePoints.ofTemplate().scores();

    /** An instant, and the fits to which a client at it is an example. */
    private static final class Step {

      private final long instant;
      private final List<PolicyFit> fits = new ArrayList<>();
      private final List<Integer> snapshots = new ArrayList<>();
      private final List<PolicyFit> teachers = new ArrayList<>();
      private LevelCounts examples;

      // By score, and twice: the examples that returned and those that did not.
      private final long[] cadence = new long[2 * SCORES];
      private final long[][] others;

      Step(long instant, int others) {
        this.instant = instant;
        this.others = new long[others][2 * SCORES];
      }

      void prepare() {
        examples =
            new LevelCounts(fits.stream().mapToLong(fit -> fit.summary.reference()).toArray());
      }

      void finish() {
        for (int i = 0; i < fits.size(); i++) {
          PolicyFit fit = fits.get(i);
          int snapshot = snapshots.get(i);
          examples.addTo(fit.examples, snapshot, fit.summary.reference());
          addTo(fit.cadence, snapshot, cadence);
          for (int other = 0; other < others.length; other++) {
            addTo(fit.others.get(other), snapshot, others[other]);
          }
        }
      }

      private static void addTo(ExampleCounts fit, int snapshot, long[] byScore) {
        for (int score = 0; score < SCORES; score++) {
          if (byScore[2 * score] + byScore[2 * score + 1] > 0) {
            fit.add(score, snapshot, byScore[2 * score], byScore[2 * score + 1]);
          }
        }
      }
    }

    ExampleReader(List<PolicyFit> fits, List<ScoringPolicy> others) {
      SortedMap<Long, Step> byInstant = new TreeMap<>();
      for (PolicyFit fit : fits) {
        for (int i = 0; i < fit.snapshots.count(); i++) {
          Step step =
              byInstant.computeIfAbsent(
                  fit.snapshots.instant(i), instant -> new Step(instant, others.size()));
          step.fits.add(fit);
          step.snapshots.add(i);
        }
        byInstant
            .computeIfAbsent(fit.asOf, instant -> new Step(instant, others.size()))
            .teachers
            .add(fit);
      }
      steps = List.copyOf(byInstant.values());
      steps.forEach(Step::prepare);
      horizon = fits.get(0).horizonDays * UserFacts.DAY;
      until = byInstant.lastKey();
      sweep = new ClientSweep(fits.get(0).currency.rates());
      this.others = others.stream().map(PolicyCurve::new).toList();
      otherScores = new int[others.size()];
    }

    @Override
    public void client(String userId, OrderHistory orders) {
      sweep.load(orders, until);
      past.load(orders);
      for (Step step : steps) {
        if (sweep.advance(step.instant)) {
          int cadence = cadenceScores[sweep.cell(Workload.CADENCE_REFERENCE)];
          for (int i = 0; i < otherScores.length; i++) {
            otherScores[i] = others.get(i).at(past, step.instant).score();
          }
          if (!step.fits.isEmpty()) {
            addExample(step, cadence);
          }
          addTeachers(step, cadence);
        }
      }
    }

    /** Gives the examples to the fits, after the last client. */
    void finish() {
      steps.forEach(Step::finish);
    }

    private void addExample(Step step, int cadence) {
      boolean returned = sweep.nextOrderAt() <= step.instant + horizon;
      int outcome = returned ? 0 : 1;
      step.examples.add(sweep, returned);
      step.cadence[2 * cadence + outcome]++;
      for (int other = 0; other < otherScores.length; other++) {
        step.others[other][2 * otherScores[other] + outcome]++;
      }
    }

    private void addTeachers(Step step, int cadence) {
      for (PolicyFit fit : step.teachers) {
        double probability = fit.teacher.ordersWithin(sweep.buying(), fit.snapshots.horizonWeeks());
        fit.examples.addTeacher(sweep.cell(fit.summary.reference()), probability);
        fit.cadence.addTeacher(cadence, probability);
        for (int other = 0; other < otherScores.length; other++) {
          fit.others.get(other).addTeacher(otherScores[other], probability);
        }
        fit.workload.add(sweep, fit.summary.reference());
      }
    }
  }
}
