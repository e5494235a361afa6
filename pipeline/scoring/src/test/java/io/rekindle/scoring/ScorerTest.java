package io.rekindle.scoring;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.OrderList.Order;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScorerTest {

  private static final long DAY = 86_400_000;
  private static final long NOW = 1_753_005_600_000L;
  private static final long YESTERDAY = NOW - DAY;
  private static final long TOMORROW = NOW + DAY;

  private final Scorer cadence = new Scorer(ScoringPolicy.builtIn("cadence-v1"));
  private final Scorer document = new Scorer(ScoringPolicy.builtIn("document-v1"));

  private static OrderList orderDaysAgo(long days) {
    return OrderList.of(new Order(NOW - days * DAY, 5_000));
  }

  @Test
  void shouldShowWholeNumbersWithoutFraction() {
    Score score = cadence.score(orderDaysAgo(0), NOW, Score.NEVER);
    assertThat(score.scoreDecimal()).hasToString("68");
    assertThat(score.pointsDecimal(Factor.CONTACT)).hasToString("0");
    assertThat(score.averageOrderValue()).hasToString("50.00");
  }

  @Test
  void shouldShowFractionsWithFourDecimals() {
    OrderList oddAmount = OrderList.of(new Order(NOW - 45 * DAY, 5_001));
    assertThat(document.score(oddAmount, NOW, YESTERDAY).scoreDecimal()).hasToString("79.0005");
    assertThat(document.score(oddAmount, NOW, YESTERDAY).pointsDecimal(Factor.RECENCY))
        .hasToString("-15");
  }

  @Test
  void shouldLookUpTheProbabilityOfAnOrder() throws Exception {
    String table = IntStream.rangeClosed(0, 100).mapToObj(s -> "" + 9 * s).collect(joining(","));
    Scorer withTable =
        new Scorer(
            ScoringPolicy.parse(
                ScoringPolicy.builtIn("cadence-v1")
                    .json()
                    .replaceFirst(
                        "\\{",
                        "{\"probability\":{\"horizonDays\":90,\"perMille\":[" + table + "]},")));

    Score ordered = withTable.score(orderDaysAgo(0), NOW, Score.NEVER);
    assertThat(ordered.orderPerMille()).isEqualTo(9 * 68);
    assertThat(ordered.orderProbability()).hasToString("0.612");
    Score prospect = withTable.score(OrderHistory.EMPTY, NOW, Score.NEVER);
    assertThat(prospect.orderProbability()).isNull();
    assertThat(document.score(orderDaysAgo(0), NOW, Score.NEVER).orderProbability()).isNull();

    assertThat(withTable.overridden(ordered, 3, NOW, NOW + DAY).orderPerMille()).isEqualTo(9 * 68);
    assertThat(withTable.overridden(prospect, 3, NOW, NOW + DAY).orderProbability()).isNull();
  }

  @Test
  void shouldCountOrderDaysEverAsLoyalty() throws Exception {
    Scorer loyalty =
        new Scorer(
            ScoringPolicy.parse(
                ScoringPolicy.builtIn("cadence-v1")
                    .json()
                    .replaceFirst(
                        "\\{",
                        "{\"loyalty\":{\"of\":\"ORDER_DAYS_EVER\",\"tiers\":[{\"fromCount\":1,\"points\":0},"
                            + "{\"fromCount\":3,\"points\":7}]},")));
    OrderList old =
        OrderList.of(
            new Order(NOW - 900 * DAY, 5_000),
            new Order(NOW - 800 * DAY, 5_000),
            new Order(NOW - 700 * DAY, 5_000),
            new Order(NOW - 700 * DAY + 1, 5_000));

    assertThat(loyalty.score(old, NOW, Score.NEVER).score()).isEqualTo(7);
    assertThat(loyalty.score(old, NOW - 750 * DAY, Score.NEVER).points(Factor.LOYALTY))
        .isEqualTo(7);
    assertThat(cadence.score(old, NOW, Score.NEVER).points(Factor.LOYALTY)).isZero();
  }

  @Test
  void shouldShowNothingForAProspect() {
    Score score = document.score(OrderHistory.EMPTY, NOW, YESTERDAY);
    assertThat(score.scored()).isFalse();
    assertThat(score.scoreDecimal()).isNull();
    assertThat(score.pointsDecimal(Factor.RECENCY)).isNull();
    assertThat(score.averageOrderValue()).isNull();
    assertThat(document.formula(OrderHistory.EMPTY, NOW, Score.NEVER)).hasToString("100.0000");
    assertThat(document.formula(OrderHistory.EMPTY, NOW, YESTERDAY)).hasToString("90.0000");
  }

  @Test
  void shouldDeductForAContactUntilItIsAWeekOld() {
    OrderList orders = orderDaysAgo(45);
    assertThat(document.score(orders, NOW, NOW).points(Factor.CONTACT)).isEqualTo(-10);
    assertThat(document.score(orders, NOW, NOW - 7 * DAY + 1).points(Factor.CONTACT))
        .isEqualTo(-10);
    assertThat(document.score(orders, NOW, NOW - 7 * DAY).points(Factor.CONTACT)).isZero();
    assertThat(document.score(orders, NOW, NOW + 1).points(Factor.CONTACT)).isZero();
    assertThat(document.score(orders, NOW, YESTERDAY).nextChange()).isEqualTo(NOW + 6 * DAY);
  }

  @Test
  void shouldCountAnOrderWithoutRateForEverythingButSpend() throws Exception {
    String rates = "\"currency\":{\"base\":\"EUR\",\"rates\":{\"USD\":\"0.92\"}},";
    String json = ScoringPolicy.builtIn("cadence-v1").json();
    Scorer scorer = new Scorer(ScoringPolicy.parse("{" + rates + json.substring(1)));
    OrderList orders =
        OrderList.of(
            new Order(NOW, 10_000, CurrencyCodes.pack("USD")),
            new Order(NOW, 10_000, CurrencyCodes.pack("GBP")),
            new Order(NOW, -10_000, CurrencyCodes.pack("GBP")),
            new Order(NOW, 10_000, CurrencyCodes.pack("EUR")));

    Score score = scorer.score(orders, NOW, Score.NEVER);

    assertThat(score.orderCount()).isEqualTo(3);
    assertThat(score.unconvertedOrders()).isEqualTo(1);
    assertThat(score.spendMinor()).isEqualTo(19_200);
  }

  @Test
  void shouldReplaceTheScoreAndWhatFollowsFromIt() {
    Score computed = cadence.score(orderDaysAgo(0), NOW, Score.NEVER);

    Score low = cadence.overridden(computed, 20, YESTERDAY, TOMORROW);

    assertThat(low.score()).isEqualTo(20);
    assertThat(low.points(Factor.RECENCY)).isEqualTo(30);
    assertThat(low.band()).isEqualTo(Band.LAPSED);
    assertThat(low.segment()).isEqualTo(Segment.NEW);
    assertThat(low.atRisk()).isTrue();
    assertThat(low.atRiskSince()).isEqualTo(YESTERDAY);
    assertThat(low.nextChange()).isEqualTo(TOMORROW);
    assertThat(low.nextReview()).isEqualTo(TOMORROW);
  }

  @Test
  void shouldKeepTheComputedBeginOfTheRisk() {
    Score computed = cadence.score(orderDaysAgo(60), NOW, Score.NEVER);
    assertThat(computed.atRiskSince()).isEqualTo(NOW);
    assertThat(cadence.overridden(computed, 0, YESTERDAY, TOMORROW).atRiskSince()).isEqualTo(NOW);
    assertThat(cadence.overridden(computed, 50, YESTERDAY, TOMORROW).atRisk()).isFalse();
    assertThat(cadence.overridden(computed, 50, YESTERDAY, TOMORROW).atRiskSince())
        .isEqualTo(Score.NEVER);
  }

  @Test
  void shouldReviewAnOverriddenScoreWhenItsPointsChange() {
    Score computed = cadence.score(orderDaysAgo(13), NOW, Score.NEVER);
    Score overridden = cadence.overridden(computed, 90, YESTERDAY, NOW + 10 * DAY);
    assertThat(overridden.nextChange()).isEqualTo(NOW + 10 * DAY);
    assertThat(overridden.nextReview()).isEqualTo(TOMORROW);
  }

  @Test
  void shouldGiveAProspectAnOverriddenScore() {
    Score prospect = cadence.score(OrderHistory.EMPTY, NOW, Score.NEVER);
    Score overridden = cadence.overridden(prospect, 30, YESTERDAY, TOMORROW);
    assertThat(overridden.scored()).isTrue();
    assertThat(overridden.scoreDecimal()).hasToString("30");
    assertThat(overridden.band()).isEqualTo(Band.LOW);
    assertThat(overridden.segment()).isEqualTo(Segment.PROSPECT);
    assertThat(overridden.atRisk()).isTrue();
    assertThat(overridden.pointsDecimal(Factor.RECENCY)).isNull();
    assertThat(overridden.nextReview()).isEqualTo(TOMORROW);
  }

  @Test
  void shouldRefuseOrdersOutOfOrder() {
    OrderHistory unsorted = new Unsorted(NOW, YESTERDAY);
    assertThatThrownBy(() -> cadence.score(unsorted, NOW, Score.NEVER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sort them");
  }

  @Test
  void shouldRefuseTimesThatCouldOverflow() {
    long far = UserFacts.MAX_INSTANT + 1;
    assertThatThrownBy(() -> cadence.score(OrderList.of(new Order(far, 1)), NOW, Score.NEVER))
        .hasMessageContaining("three million years");
    assertThatThrownBy(() -> cadence.score(OrderList.of(new Order(-far, 1)), NOW, Score.NEVER))
        .hasMessageContaining("three million years");
    assertThatThrownBy(() -> cadence.score(OrderHistory.EMPTY, far, Score.NEVER))
        .hasMessageContaining("three million years");
    assertThatThrownBy(() -> cadence.score(OrderHistory.EMPTY, NOW, far))
        .hasMessageContaining("three million years");
  }

  @Test
  void shouldScoreAtTheEndsOfTime() {
    OrderList ends =
        OrderList.of(
            new Order(-UserFacts.MAX_INSTANT, 5_000), new Order(UserFacts.MAX_INSTANT, 5_000));
    Score score = cadence.score(ends, UserFacts.MAX_INSTANT, Score.NEVER);
    assertThat(score.score()).isEqualTo(68);
    assertThat(score.usualGap()).isEqualTo(180 * DAY);
    assertThat(cadence.score(ends, -UserFacts.MAX_INSTANT, Score.NEVER).spendMinor())
        .isEqualTo(10_000);
  }

  @Test
  void shouldAllocateOnlyTheResult() {
    List<Order> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(new Order(NOW - i * (9 * DAY), 5_000));
    }
    OrderList orders = new OrderList(many);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    cadence.score(orders, NOW, Score.NEVER);
    int scores = 1_000;

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < scores; i++) {
      cadence.score(orders, NOW + i * (DAY / 2), Score.NEVER);
    }
    long perScore = (threads.getCurrentThreadAllocatedBytes() - before) / scores;

    // A Score and a Breakdown, and nothing that grows with 200 orders.
    assertThat(perScore).isLessThanOrEqualTo(168 + 8 * Factor.values().length);
  }

  private record Unsorted(long first, long second) implements OrderHistory {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public long placedAt(int index) {
      return index == 0 ? first : second;
    }

    @Override
    public long netMinor(int index) {
      return 1;
    }

    @Override
    public int currency(int index) {
      return CurrencyCodes.BASE;
    }
  }
}
