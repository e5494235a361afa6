package io.rekindle.connectors.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What came of outreach, on a real Postgres; every test's changes are rolled back. */
class OutcomesITCase {

  /** The decision of most tests; its window ends on January 15th at noon. */
  private static final String DECIDED = "2025-01-01 12:00:00Z";

  private static final String IN_WINDOW = "2025-01-05 09:00:00Z";

  private static EmbeddedPostgres postgres;
  private Connection connection;

  @BeforeAll
  static void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    connection = postgres.getPostgresDatabase().getConnection();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void rollBack() throws SQLException {
    connection.rollback();
    connection.close();
  }

  // ---------------------------------------------------------------- one decision

  @ParameterizedTest
  @CsvSource({
    "2025-01-01 11:59:59.999999Z, f",
    "2025-01-01 12:00:00Z,        f",
    "2025-01-01 12:00:00.000001Z, t",
    "2025-01-15 12:00:00Z,        t",
    "2025-01-15 12:00:00.000001Z, f"
  })
  void shouldCountOrdersAfterTheDecisionUntilFourteenDaysLater(String placedAt, String counts)
      throws SQLException {
    decide("d", "ann", "EMAIL", "friendly", DECIDED);
    order("o", "ann", placedAt, "59.90");
    assertThat(outcome("reactivated")).isEqualTo(counts);
  }

  @Test
  void shouldTakeADayForTwentyFourHoursInEveryTimeZone() throws SQLException {
    execute("set local time zone 'America/New_York'");
    // Clocks go forward on March 9th, so 14 days of the zone are an hour less than 336 hours.
    decide("d", "ann", "EMAIL", "friendly", "2025-03-01 12:00:00Z");
    order("o", "ann", "2025-03-15 12:00:00Z", "59.90");
    assertThat(outcome("reactivated")).isEqualTo("t");
    assertThat(outcome("window_ends_at = '2025-03-15 12:00:00Z'")).isEqualTo("t");
  }

  @Test
  void shouldCloseTheWindowAfterItsLastInstant() throws SQLException {
    for (String age : List.of("336 hours", "336 hours 0.000001 seconds")) {
      execute("delete from engagement.outreach_decisions");
      execute(
          "insert into engagement.outreach_decisions values ('d', 'd', 'ann', 'EMAIL', 'AT_RISK',"
              + " now() - interval '"
              + age
              + "', 'default', 'friendly', 40, 'p', '{}')");
      assertThat(outcome("window_closed")).isEqualTo(age.equals("336 hours") ? "f" : "t");
    }
  }

  @Test
  void shouldSayWhatCameOfAnEmail() throws SQLException {
    decide("d", "ann", "EMAIL", "friendly", DECIDED);
    execute(
        "insert into engagement.emails (email_id, episode_id, user_id, status)"
            + " values ('mail', 'd', 'ann', 'LOGGED')");
    order("second", "ann", "2025-01-09 00:00:00Z", "100.00");
    order("first", "ann", IN_WINDOW, "59.90");
    order("cheap", "bob", IN_WINDOW, "1.00");
    execute("update shop.orders set refunded_amount = 25.05 where order_id = 'second'");
    // 59.90 + (100.00 - 25.05) = 134.85
    assertThat(
            texts(
                "select concat_ws(' ', decision_id, episode_id, user_id, email_id, email_status,"
                    + " decision, experiment_id, arm, window_closed, reactivated, reactivated_at ="
                    + " '2025-01-05 09:00:00Z', orders, revenue, unconverted_orders)"
                    + " from engagement.email_outcomes"))
        .containsExactly("d d ann mail LOGGED EMAIL default friendly t t t 2 134.85 0");
  }

  @Test
  void shouldSayTheSameOfThoseHeldOutAndNothingOfThoseSkipped() throws SQLException {
    decide("held", "ann", "HOLDOUT", "HOLDOUT", DECIDED);
    decide("skipped", "bob", "SKIP", null, DECIDED);
    order("o", "ann", IN_WINDOW, "59.90");
    order("p", "bob", IN_WINDOW, "59.90");
    assertThat(texts("select concat_ws(' ', decision_id, orders) from engagement.email_outcomes"))
        .containsExactly("held 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update shop.orders set refunded_amount = amount",
        "update shop.orders set refunded_amount = amount + 5",
        "update shop.orders set status = 'CANCELLED'",
        "update shop.orders set user_id = 'bob'",
        "update shop.orders set placed_at = '2024-12-31 00:00:00Z'",
        "delete from shop.orders"
      })
  void shouldTakeAReactivationBackWithItsOrder(String sql) throws SQLException {
    decide("d", "ann", "EMAIL", "friendly", DECIDED);
    order("o", "ann", IN_WINDOW, "59.90");
    assertThat(outcome("concat_ws(' ', reactivated, orders, revenue)")).isEqualTo("t 1 59.90");
    execute(sql);
    assertThat(outcome("concat_ws(' ', reactivated, orders, revenue)")).isEqualTo("f 0 0.00");
    assertThat(outcome("reactivated_at")).isNull();
  }

  @Test
  void shouldConvertRevenueAsTheActivePolicyDoes() throws SQLException {
    decide("d", "ann", "EMAIL", "friendly", DECIDED);
    order("eur", "ann", IN_WINDOW, "10.00");
    order("usd", "ann", IN_WINDOW, "100.01");
    order("jpy", "ann", IN_WINDOW, "5000.00");
    order("gbp", "ann", IN_WINDOW, "7.00");
    execute("update shop.orders set currency = upper(order_id)");
    String money = "concat_ws(' ', orders, revenue, unconverted_orders)";
    assertThat(outcome(money)).as("no policy: face value").isEqualTo("4 5117.01 0");
    policy("'{\"version\": \"plain\"}'");
    assertThat(outcome(money)).as("no base currency: face value").isEqualTo("4 5117.01 0");
    policy("'{\"currency\": null}'");
    assertThat(outcome(money)).as("no base currency: face value").isEqualTo("4 5117.01 0");
    policy("'{\"currency\": {\"base\": \"EUR\", \"rates\": {\"USD\": \"0.92\", \"GBP\": \"x\"}}}'");
    // 10.00 + round(100.01 * 0.92 = 92.0092) = 102.01; no rate for JPY, and none that is one for
    // GBP
    assertThat(outcome(money)).isEqualTo("4 102.01 2");
    policy("'{\"currency\": {\"base\": \"GBP\"}}'");
    assertThat(outcome(money)).isEqualTo("4 7.00 3");
  }

  // ---------------------------------------------------------------- intervals and tests

  /** Robbins' mixture for a variance of 1 per user, tuned to 500 of them, by another program. */
  @ParameterizedTest
  @CsvSource({
    "    50, 0.05,   3.85505",
    "   500, 0.05,   3.03521",
    "   800, 0.05,   3.04740",
    "100000, 0.05,   3.65654",
    "    37, 0.025,  4.37705",
    "   500, 0.0031, 3.90887"
  })
  void shouldReachAsManyStandardErrorsAsTheConfidenceSequence(
      double users, double alpha, double factor) throws SQLException {
    assertThat(number("select engagement.always_valid_factor(%s, %s)".formatted(users, alpha)))
        .isCloseTo(factor, within(0.00001));
  }

  /** The number solves an equation: with it the reach and the power add up to the difference. */
  @Test
  void shouldPlanAsManyUsersAsSeeTheDifference() throws SQLException {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 300; i++) {
      double rate = random.nextDouble(0.002, 0.998);
      double difference = random.nextDouble(0.001, 0.2);
      double share = random.nextDouble(0.01, 0.98);
      double holdout = random.nextDouble(0.005, 1 - share);
      double alpha = 0.05 / random.nextInt(1, 17);
      double users =
          number(
              "select engagement.planned_users(%s, %s, %s, %s, %s)"
                  .formatted(rate, difference, share, holdout, alpha));
      double shifted = rate <= 0.5 ? rate + difference : rate - difference;
      double error =
          Math.sqrt((shifted * (1 - shifted) / share + rate * (1 - rate) / holdout) / users);
      double effective = users / (1 / share + 1 / holdout);
      double factor =
          number("select engagement.always_valid_factor(%s, %s)".formatted(effective, alpha));
      String which = "rate %s, difference %s, seed %d".formatted(rate, difference, seed);
      double least = Math.min(share, holdout) * users;
      double rarest = Math.min(Math.min(rate, 1 - rate), Math.min(shifted, 1 - shifted));
      if (least * rarest > 10.0001) {
        assertThat((factor + 0.8416212335729143) * error)
            .as(which)
            .isCloseTo(difference, within(difference * 1e-9));
      } else {
        assertThat(least * rarest).as(which).isCloseTo(10, within(0.0001));
        assertThat((factor + 0.8416212335729143) * error).as(which).isLessThan(difference * 1.0001);
      }
    }
  }

  @Test
  void shouldHaveNoIntervalWithoutUsersAndNoPlanWithoutAShare() throws SQLException {
    assertThat(texts("select engagement.always_valid_factor(0, 0.05)::text"))
        .containsExactly((String) null);
    assertThat(texts("select engagement.planned_users(0.1, 0.05, 0.9, 0, 0.05)::text"))
        .containsExactly((String) null);
  }

  /** Upper critical values as every table has them. */
  @ParameterizedTest
  @CsvSource({
    " 1,  3.841,  6.635, 10.828",
    " 2,  5.991,  9.210, 13.816",
    " 3,  7.815, 11.345, 16.266",
    " 4,  9.488, 13.277, 18.467",
    " 5, 11.070, 15.086, 20.515",
    " 6, 12.592, 16.812, 22.458",
    " 7, 14.067, 18.475, 24.322",
    " 8, 15.507, 20.090, 26.124",
    " 9, 16.919, 21.666, 27.877",
    "10, 18.307, 23.209, 29.588",
    "15, 24.996, 30.578, 37.697",
    "16, 26.296, 32.000, 39.252"
  })
  void shouldGiveTheChancesOfTheTables(int degrees, double at5, double at1, double atTenth)
      throws SQLException {
    assertThat(chiSquareP(at5, degrees)).isCloseTo(0.05, within(0.00002));
    assertThat(chiSquareP(at1, degrees)).isCloseTo(0.01, within(0.00001));
    assertThat(chiSquareP(atTenth, degrees)).isCloseTo(0.001, within(0.000001));
  }

  @Test
  void shouldGiveAChanceHoweverLargeOrSmallTheStatistic() throws SQLException {
    for (int degrees = 1; degrees <= 16; degrees++) {
      double last = 1;
      for (double statistic : new double[] {0, 1e-300, 1e-20, 0.5, 30, 1_399, 1_401, 1e300}) {
        double p = chiSquareP(statistic, degrees);
        assertThat(p).as("%s, %d", statistic, degrees).isBetween(0.0, last);
        last = p;
      }
      assertThat(chiSquareP(0, degrees)).isEqualTo(1);
      assertThat(last).isZero();
    }
    assertThat(texts("select engagement.chi_square_p(5, 0)::text")).containsExactly((String) null);
  }

  private double chiSquareP(double statistic, int degrees) throws SQLException {
    return Double.parseDouble(
        texts("select engagement.chi_square_p(" + statistic + ", " + degrees + ")").get(0));
  }

  // ---------------------------------------------------------------- an experiment

  /**
   * 80 users are held out, of whom 48 come back with 30.00 each; 70 get the variant "warm", of whom
   * 56 come back with 50.00 of which 10.00 are refunded; 40 get "brief", of whom 20 come back with
   * 30.00. The settings say 40 %, and 2 to 1 of the other 60 %.
   */
  private void springExperiment() throws SQLException {
    experiment("0.4", "warm", 2, "brief", 1);
    arm("HOLDOUT", 80, 48, "30.00");
    arm("warm", 70, 56, "50.00");
    execute("update shop.orders set refunded_amount = 10.00 where amount = 50.00");
    arm("brief", 40, 20, "30.00");
  }

  @Test
  void shouldAgreeWithTheExperimentComputedByHand() throws SQLException {
    springExperiment();
    execute(
        "insert into engagement.emails (email_id, episode_id, user_id, status)"
            + " select decision_id, episode_id, user_id,"
            + "   case when decision_id like '%7' then 'CANCELLED' else 'SENT' end"
            + " from engagement.outreach_decisions where decision = 'EMAIL'");
    Map<String, Arm> arms = uplift("spring");
    assertThat(arms.keySet()).containsExactly("HOLDOUT", "brief", "warm");

    Arm holdout = arms.get("HOLDOUT");
    assertThat(holdout.number("configured_share")).isEqualTo(0.4);
    assertThat(holdout.number("users")).isEqualTo(80);
    assertThat(holdout.number("sent")).isZero();
    assertThat(holdout.number("rate")).isEqualTo(0.6); // 48 / 80
    assertThat(holdout.number("revenue")).isEqualTo(1_440); // 48 * 30.00
    assertThat(holdout.number("revenue_per_user")).isEqualTo(18); // 1440 / 80
    assertThat(holdout.text("uplift")).isNull();
    assertThat(holdout.text("revenue_difference")).isNull();
    assertThat(holdout.text("verdict")).isNull();

    Arm warm = arms.get("warm");
    assertThat(warm.number("configured_share")).isEqualTo(0.4); // 0.6 * 2 / 3
    assertThat(warm.number("decided")).isEqualTo(70);
    assertThat(warm.number("users")).isEqualTo(70);
    // Every one counts, but the emails of users 7, 17, ... 67 were cancelled: 70 - 7.
    assertThat(warm.number("sent")).isEqualTo(63);
    assertThat(warm.number("reactivated")).isEqualTo(56);
    assertThat(warm.number("rate")).isEqualTo(0.8); // 56 / 70
    assertThat(warm.number("uplift")).isEqualTo(0.2); // 0.8 - 0.6
    // Two variants: 2.5 % each, 4.366584 standard errors with 1 / (1/70 + 1/80) = 37.3 users.
    // Rates (56 + 1) / 72 = 0.791667 and (48 + 1) / 82 = 0.597561:
    // sqrt(0.164931 / 70 + 0.240482 / 80) = 0.0732269, and 4.366584 times that is 0.319751.
    assertThat(warm.number("uplift_low")).isCloseTo(-0.119751, within(0.000002));
    assertThat(warm.number("uplift_high")).isCloseTo(0.519751, within(0.000002));
    assertThat(warm.number("explained")).as("nothing was predicted").isZero();
    assertThat(warm.number("revenue")).isEqualTo(2_240); // 56 * (50.00 - 10.00)
    assertThat(warm.number("revenue_per_user")).isEqualTo(32); // 2240 / 70
    assertThat(warm.number("revenue_difference")).isEqualTo(14); // 32 - 18
    // Sample variance of amounts a for a part p of n: n / (n - 1) * a^2 * p * (1 - p).
    // warm: 70/69 * 1600 * 0.8 * 0.2 = 259.71, / 70 = 3.7101
    // HOLDOUT: 80/79 * 900 * 0.6 * 0.4 = 218.73, / 80 = 2.7342
    // Together: (69 * 259.71 + 79 * 218.73) / 148 * (1/70 + 1/80) = 6.3707 is less.
    // 4.366584 * sqrt(3.7101 + 2.7342 = 6.4443) = 11.08
    assertThat(warm.number("revenue_low")).isEqualTo(2.92); // 14 - 11.08
    assertThat(warm.number("revenue_high")).isEqualTo(25.08); // 14 + 11.08

    Arm brief = arms.get("brief");
    assertThat(brief.number("configured_share")).isEqualTo(0.2); // 0.6 * 1 / 3
    assertThat(brief.number("uplift")).isEqualTo(-0.1); // 20 / 40 - 0.6
    // 4.811755 * sqrt(0.25 / 40 + 0.240482 / 80 = 0.00925602) = 0.462930
    assertThat(brief.number("uplift_low")).isCloseTo(-0.562930, within(0.000002));
    assertThat(brief.number("uplift_high")).isCloseTo(0.362930, within(0.000002));
    assertThat(brief.number("revenue_difference")).isEqualTo(-3); // 600 / 40 - 18
    // 4.811755 * sqrt(40/39 * 900 * 0.5 * 0.5 / 40 = 5.7692, + 2.7342) = 14.03
    assertThat(brief.number("revenue_low")).isEqualTo(-17.03);
    assertThat(brief.number("revenue_high")).isEqualTo(11.03);

    // 190 users: expected 76, 76 and 38; (80-76)^2/76 + (70-76)^2/76 + (40-38)^2/38 = 60/76.
    // With 2 degrees of freedom the chance is exp(-60/76 / 2).
    assertThat(arms.values())
        .allSatisfy(
            arm ->
                assertThat(arm.number("sample_ratio_p"))
                    .isCloseTo(Math.exp(-30.0 / 76), within(1e-12)));

    // Planned from the rate of those held out, taken as (48 + 1) / (80 + 2) = 0.597561, against
    // five points less, 0.547561, the side nearer to one half: variances 0.240482 and 0.247738.
    // By bisection: warm takes 8580.47 users of all arms, of whom 40 % are warm. brief, half as
    // large, takes 12937.65, of whom 20 % are brief and 40 % are held out.
    assertThat(warm.number("more_users_needed")).isEqualTo(3_433 - 70);
    assertThat(brief.number("more_users_needed")).isEqualTo(2_588 - 40);
    assertThat(holdout.number("more_users_needed")).isEqualTo(5_176 - 80);
    assertThat(warm.text("verdict")).isEqualTo("NOT_ENOUGH_DATA");
    assertThat(brief.text("verdict")).isEqualTo("NOT_ENOUGH_DATA");
  }

  @Test
  void shouldCountNobodyWhoseWindowIsOpen() throws SQLException {
    springExperiment();
    execute(
        "update engagement.outreach_decisions set decided_at = now() - interval '1 day'"
            + " where decision_id like 'warm-%5'");
    execute(
        "update shop.orders set placed_at = now() - interval '1 hour' where user_id like 'warm-%5'");
    // Users 5, 15, ... 65, who all had come back.
    Arm warm = uplift("spring").get("warm");
    assertThat(warm.number("decided")).isEqualTo(70);
    assertThat(warm.number("still_open")).isEqualTo(7);
    assertThat(warm.number("users")).isEqualTo(63);
    assertThat(warm.number("reactivated")).isEqualTo(50); // 56 less 5, 15, ... 55
    assertThat(warm.number("revenue")).isEqualTo(2_000);
    assertThat(warm.number("sample_ratio_p")).isCloseTo(Math.exp(-30.0 / 76), within(1e-12));
  }

  @Test
  void shouldCountAUserOnceWithTheFirstDecision() throws SQLException {
    springExperiment();
    Map<String, Arm> before = uplift("spring");
    // Those held out are decided on again, and again did not come back.
    execute(
        "insert into engagement.outreach_decisions"
            + " select 'again-' || decision_id, 'again-' || episode_id, user_id, decision, reason,"
            + "   decided_at + interval '60 days', experiment_id, arm, score, policy_version, inputs"
            + " from engagement.outreach_decisions where decision = 'HOLDOUT'");
    assertThat(uplift("spring")).isEqualTo(before);
  }

  @Test
  void shouldTakeBackAnUpliftWithItsOrders() throws SQLException {
    springExperiment();
    execute("update shop.orders set status = 'CANCELLED' where user_id in ('warm-1', 'warm-2')");
    execute("delete from shop.orders where user_id = 'warm-3'");
    execute("update shop.orders set refunded_amount = amount where user_id = 'warm-4'");
    assertThat(uplift("spring").get("warm").number("reactivated")).isEqualTo(52);
    assertThat(uplift("spring").get("warm").number("revenue")).isEqualTo(2_080); // 52 * 40.00
  }

  @Test
  void shouldKnowNothingOfAnExperimentThatNeverWas() throws SQLException {
    springExperiment();
    assertThat(uplift("summer")).isEmpty();
    assertThat(uplift("default").get("friendly").number("decided")).isZero();
  }

  @Test
  void shouldShowTheArmsOfAnExperimentThatHasJustBegun() throws SQLException {
    experiment("0.5", "warm", 1, "brief", 1);
    Map<String, Arm> arms = uplift("spring");
    assertThat(arms.keySet()).containsExactly("HOLDOUT", "brief", "warm");
    Arm warm = arms.get("warm");
    assertThat(warm.number("users")).isZero();
    assertThat(warm.text("rate")).isNull();
    assertThat(warm.text("uplift_low")).isNull();
    assertThat(warm.text("revenue_per_user")).isNull();
    assertThat(warm.text("sample_ratio_p")).isNull();
    assertThat(warm.text("verdict")).isEqualTo("NOT_ENOUGH_DATA");
    // Nothing is known, so one half is taken: 10483.69 users by bisection, a quarter of them warm.
    assertThat(warm.number("more_users_needed")).isEqualTo(2_621);
  }

  @ParameterizedTest
  @CsvSource({
    // 2701.4 users of an arm would see five points. 3.0474 * sqrt(0.2274 / 1600 + 0.21 / 1600) =
    // 0.0504 is seen with 1600.
    "1600, 480, 570, UPLIFT",
    "1600, 480, 390, LOSS",
    "1600, 480, 500, NOT_ENOUGH_DATA",
    "3000, 900, 1080, UPLIFT",
    "3000, 900, 930, NO_DIFFERENCE_SEEN"
  })
  void shouldGiveAVerdictOnceTheIntervalOrTheNumbersDo(
      int users, int heldOutReactivated, int reactivated, String verdict) throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", users, heldOutReactivated, "10.00");
    arm("warm", users, reactivated, "10.00");
    Arm warm = uplift("spring").get("warm");
    assertThat(warm.text("verdict")).isEqualTo(verdict);
    assertThat(warm.number("more_users_needed")).isEqualTo(users == 1_600 ? 2_702 - 1_600 : 0);
  }

  /**
   * Half of the users have a high order probability, and of those twice as many are held out as
   * chance would have it. The adjustment takes that back.
   */
  @Test
  void shouldTakeBackWhatTheOrderProbabilitiesExplain() throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", 300, 120, "10.00");
    arm("warm", 300, 90, "10.00");
    // The first of each arm are those who order.
    execute(
        "update engagement.outreach_decisions set inputs = jsonb_build_object('order_probability',"
            + " case when split_part(user_id, '-', 2)::int"
            + "   <= case arm when 'HOLDOUT' then 200 else 100 end then 0.5 else 0.1 end)");
    Arm warm = uplift("spring").get("warm");
    // Squares of the probability around the arms' means: 0.16 * (300 * 2/3 * 1/3) * 2 = 21.3333.
    // Products: 120 * (0.5 - 0.36667) + 90 * (0.5 - 0.23333) = 40. Slope 1.875.
    // 0.3 - 0.4 - 1.875 * (0.23333 - 0.36667) = 0.15
    assertThat(warm.number("uplift")).isCloseTo(0.15, within(0.000001));
    // 1.875 * 40 / (300 * 0.4 * 0.6 + 300 * 0.3 * 0.7)
    assertThat(warm.number("explained")).isCloseTo(75.0 / 135, within(0.000001));
    execute("update engagement.outreach_decisions set inputs = '{\"order_probability\": 0.3}'");
    assertThat(uplift("spring").get("warm").number("uplift")).isEqualTo(-0.1);
    assertThat(uplift("spring").get("warm").number("explained")).isZero();
  }

  @Test
  void shouldWaitForTheArmThatHasTooFewUsers() throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", 2_700, 810, "10.00");
    arm("warm", 2_750, 880, "10.00");
    Map<String, Arm> arms = uplift("spring");
    // 811 / 2702 = 0.300148: 2700.97 by bisection.
    assertThat(arms.get("HOLDOUT").number("more_users_needed")).isEqualTo(1);
    assertThat(arms.get("warm").number("more_users_needed")).isZero();
    assertThat(arms.get("warm").text("verdict")).isEqualTo("NOT_ENOUGH_DATA");
  }

  @Test
  void shouldWaitForTenOfEachKind() throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", 198, 0, "10.00");
    arm("warm", 198, 9, "10.00");
    Map<String, Arm> arms = uplift("spring");
    // At (0 + 1) / (198 + 2) it takes 2000 users until ten came back; five points would be seen
    // with fewer. The variant has to be as large.
    assertThat(arms.get("HOLDOUT").number("more_users_needed")).isEqualTo(2_000 - 198);
    assertThat(arms.get("warm").number("more_users_needed")).isEqualTo(2_000 - 198);
    assertThat(arms.get("warm").text("uplift_low")).as("too early").isNull();
    assertThat(arms.get("warm").text("verdict")).isEqualTo("NOT_ENOUGH_DATA");
  }

  @ParameterizedTest
  @CsvSource({
    // (75^2 / 1675) * 2 = 6.72, which one in a hundred experiments has by chance
    "1750, 0.0096, UPLIFT",
    // (100^2 / 1700) * 2 = 11.76
    "1800, 0.0006, SAMPLE_RATIO_MISMATCH"
  })
  void shouldTrustNoExperimentWhoseArmsAreNotAsLargeAsConfigured(
      int users, double p, String verdict) throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", 1_600, 480, "10.00");
    arm("warm", users, users / 2, "10.00");
    Map<String, Arm> arms = uplift("spring");
    assertThat(arms.get("warm").number("sample_ratio_p")).isCloseTo(p, within(0.00005));
    assertThat(arms.get("warm").text("verdict")).isEqualTo(verdict);
    assertThat(arms.get("HOLDOUT").text("verdict"))
        .isEqualTo(verdict.equals("UPLIFT") ? null : verdict);
  }

  @Test
  void shouldNotCompareArmsWhoseSharesWereChanged() throws SQLException {
    springExperiment();
    execute(
        "update engagement.outreach_settings set variants ="
            + " '[{\"name\": \"warm\", \"weight\": 1, \"prompt\": \"p\"}]'");
    Map<String, Arm> arms = uplift("spring");
    assertThat(arms.keySet()).containsExactly("HOLDOUT", "brief", "warm");
    assertThat(arms.get("brief").number("configured_share")).isZero();
    assertThat(arms.get("brief").text("more_users_needed")).isNull();
    assertThat(arms.values())
        .allSatisfy(arm -> assertThat(arm.text("verdict")).isEqualTo("SAMPLE_RATIO_MISMATCH"));
  }

  @Test
  void shouldNotTrustAnExperimentWithOneUserInAnArmThatItDoesNotKnow() throws SQLException {
    experiment("0.5", "warm", 1);
    arm("HOLDOUT", 50, 20, "10.00");
    arm("warm", 50, 20, "10.00");
    assertThat(uplift("spring").get("warm").number("sample_ratio_p")).isEqualTo(1);
    arm("unknown", 1, 0, "10.00");
    assertThat(uplift("spring").get("warm").number("sample_ratio_p")).isZero();
    assertThat(uplift("spring").get("unknown").text("verdict")).isEqualTo("SAMPLE_RATIO_MISMATCH");
  }

  @Test
  void shouldClaimNothingWithoutAnybodyHeldOut() throws SQLException {
    experiment("0", "warm", 1);
    arm("warm", 3_000, 1_000, "10.00");
    Arm warm = uplift("spring").get("warm");
    assertThat(warm.number("rate")).isEqualTo(0.333333);
    assertThat(warm.text("uplift")).isNull();
    assertThat(warm.text("sample_ratio_p")).isNull();
    assertThat(warm.text("more_users_needed")).isNull();
    assertThat(warm.text("verdict")).isEqualTo("NO_HOLDOUT");
  }

  @Test
  void shouldExplainEveryColumn() throws SQLException {
    assertThat(
            texts(
                "select attname from pg_attribute"
                    + " where attrelid = 'engagement.arm_outcome'::regclass and attnum > 0"
                    + " and col_description(attrelid, attnum) is null"))
        .isEmpty();
    assertThat(
            texts(
                "select attname from pg_attribute"
                    + " where attrelid = 'engagement.email_outcomes'::regclass and attnum > 0"
                    + " and col_description(attrelid, attnum) is null"))
        .as("what the view takes over from other tables")
        .containsExactlyInAnyOrder(
            "decision_id", "episode_id", "user_id", "decision", "experiment_id", "decided_at");
  }

  // ---------------------------------------------------------------- erasing a person

  /** Everything of one person, and a little of another. */
  private void annAndBob() throws SQLException {
    springExperiment();
    decide("sent", "ann", "EMAIL", "warm", DECIDED);
    decide("ready", "ann", "EMAIL", "warm", "2025-06-01 12:00:00Z");
    decide("skip", "ann", "SKIP", null, "2025-07-01 12:00:00Z");
    decide("bobs", "bob", "EMAIL", "warm", DECIDED);
    execute("update engagement.outreach_decisions set experiment_id = 'spring'");
    execute(
        "update engagement.outreach_decisions set inputs = '{\"score\": 12}' where user_id = 'ann'");
    order("o1", "ann", IN_WINDOW, "40.00");
    order("o2", "bob", IN_WINDOW, "40.00");
    execute(
        """
        insert into shop.users (user_id, email, name) values
          ('ann', 'ann@example.com', 'Ann Onymous'), ('bob', 'bob@example.com', 'Bob');
        insert into engagement.risk_episodes
          (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision)
          select episode_id, user_id, decided_at, decided_at, 'p', decided_at, 1
          from engagement.outreach_decisions where user_id in ('ann', 'bob');
        insert into engagement.emails
          (email_id, episode_id, user_id, subject, preheader, html, text, status, status_reason,
           checks) values
          ('sent', 'sent', 'ann', 'Dear Ann Onymous', 'Ann Onymous!', '<p>Ann Onymous', 'Ann Onymous',
           'SENT', null, '[{"check": "name", "passed": true, "detail": "Ann Onymous"}]'),
          ('ready', 'ready', 'ann', 'Dear Ann Onymous', '', '', '', 'READY',
           'retry: ann@example.com greylisted', '[]'),
          ('bobs', 'bobs', 'bob', 'Dear Bob', '', '', '', 'SENT', null, '[]');
        insert into engagement.deliveries (email_id, attempts, last_error, last_reply) values
          ('ready', 2, 'for ann@example.com', '450 <ann@example.com> later'),
          ('bobs', 1, null, '250 bob@example.com');
        insert into engagement.score_overrides (user_id, score, reason)
          values ('ann', 7, 'Ann Onymous asked'), ('bob', 7, '');
        insert into engagement.user_scores
          (user_id, band, segment, order_count, at_risk, as_of, revision, policy_version) values
          ('ann', 'LOW', 'S', 1, true, now(), 1, 'p'), ('bob', 'LOW', 'S', 1, true, now(), 1, 'p');
        select engagement.ensure_score_history(now(), now());
        insert into engagement.score_history
          (user_id, as_of, revision, band, segment, at_risk, cause, policy_version) values
          ('ann', now(), 1, 'LOW', 'S', true, 'TIME', 'p'),
          ('bob', now(), 1, 'LOW', 'S', true, 'TIME', 'p');
        """);
  }

  @Test
  void shouldLeaveNothingOfAPersonButTheIdThatIsNotToBeWrittenTo() throws SQLException {
    annAndBob();
    execute("select engagement.erase_user('ann')");
    for (String table :
        texts(
            "select oid::regclass::text from pg_class where relkind in ('r', 'v', 'm')"
                + " and relnamespace in ('shop'::regnamespace, 'engagement'::regnamespace)")) {
      List<String> traces =
          texts(
              "select t::text from "
                  + table
                  + " t where t::text like '%Onymous%' or t::text like '%ann@%'"
                  + " or t::text ~ '[(,]ann[,)]'");
      if (table.equals("engagement.suppressions")) {
        assertThat(traces).hasSize(1);
      } else {
        assertThat(traces).as(table).isEmpty();
      }
    }
  }

  @Test
  void shouldKeepWhatCameOfTheDecisions() throws SQLException {
    annAndBob();
    String outcomes =
        "select concat_ws('|', decision_id, email_id, decision, arm, decided_at, window_closed,"
            + " reactivated, reactivated_at, orders, revenue, unconverted_orders)"
            + " from engagement.email_outcomes where decision_id in ('sent', 'ready', 'bobs')"
            + " order by 1";
    List<String> before = texts(outcomes);
    Map<String, Arm> upliftBefore = uplift("spring");
    execute("select engagement.erase_user('ann')");
    assertThat(texts(outcomes)).isEqualTo(before);
    assertThat(uplift("spring")).isEqualTo(upliftBefore);
    assertThat(
            texts(
                "select distinct user_id from engagement.outreach_decisions"
                    + " where decision_id in ('sent', 'ready', 'skip')"))
        .as("one pseudonym, so that the person still counts once")
        .singleElement()
        .asString()
        .matches("erased-[0-9a-f]{32}");
    assertThat(
            texts(
                "select count(*) from engagement.risk_episodes e join engagement.outreach_decisions"
                    + " d using (episode_id, user_id) where user_id like 'erased-%'"))
        .containsExactly("3");
  }

  @Test
  void shouldNotLookAtOrdersOnceAnOutcomeIsKept() throws SQLException {
    decide("d", "ann", "EMAIL", "friendly", DECIDED);
    execute("insert into engagement.erased_outcomes values ('d', null, 0, 0, 0)");
    order("o", "ann", IN_WINDOW, "59.90");
    assertThat(outcome("concat_ws(' ', reactivated, orders, revenue)")).isEqualTo("f 0 0");
    assertThat(outcome("reactivated_at")).isNull();
  }

  @Test
  void shouldNotEraseAnybodyElse() throws SQLException {
    annAndBob();
    String bob =
        """
        select u::text from shop.users u where user_id = 'bob'
        union all select o::text from shop.orders o where user_id = 'bob'
        union all select e::text from engagement.emails e where user_id = 'bob'
        union all select d::text from engagement.deliveries d where email_id = 'bobs'
        union all select d::text from engagement.outreach_decisions d where user_id = 'bob'
        union all select s::text from engagement.score_overrides s where user_id = 'bob'
        union all select s::text from engagement.user_scores s where user_id = 'bob'
        union all select s::text from engagement.score_history s where user_id = 'bob'
        """;
    List<String> before = texts(bob);
    execute("select engagement.erase_user('ann')");
    assertThat(texts(bob)).hasSize(8).isEqualTo(before);
  }

  @Test
  void shouldSendNothingMoreToAnErasedPerson() throws SQLException {
    annAndBob();
    execute("select engagement.erase_user('ann')");
    assertThat(
            texts(
                "select concat_ws(' ', email_id, status, status_reason) from engagement.emails"
                    + " where email_id in ('sent', 'ready') order by 1"))
        .containsExactly("ready CANCELLED ERASED", "sent SENT");
    assertThat(
            texts(
                "select concat_ws(' ', user_id, coalesce(address, 'anywhere'), reason)"
                    + " from engagement.suppressions"))
        .containsExactly("ann anywhere MANUAL");
  }

  @Test
  void shouldKeepWhySomebodyWasSuppressedAndForgetWhere() throws SQLException {
    annAndBob();
    execute(
        "insert into engagement.suppressions (user_id, address, reason, detail)"
            + " values ('ann', 'ann@example.com', 'BOUNCED', '550 <ann@example.com>')");
    execute("select engagement.erase_user('ann')");
    assertThat(
            texts(
                "select concat_ws(' ', coalesce(address, 'anywhere'), reason, detail)"
                    + " from engagement.suppressions where user_id = 'ann'"))
        .containsExactly("anywhere BOUNCED The person was erased.");
  }

  @Test
  void shouldEraseWhatThePipelineStoredAfterwards() throws SQLException {
    annAndBob();
    // 1 user, 1 order, 3 decisions, 3 episodes, 2 emails, 1 delivery, override, score, history
    assertThat(texts("select engagement.erase_user('ann')")).containsExactly("14");
    assertThat(texts("select engagement.erase_user('ann')")).containsExactly("0");
    execute(
        "insert into engagement.emails (email_id, episode_id, user_id, text)"
            + " values ('late', 'late', 'ann', 'Dear Ann Onymous')");
    assertThat(texts("select engagement.erase_user('ann')")).containsExactly("1");
    assertThat(texts("select status || text from engagement.emails where email_id = 'late'"))
        .containsExactly("CANCELLED");
  }

  // ---------------------------------------------------------------- givens

  private void decide(String id, String user, String decision, String arm, String at)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into engagement.outreach_decisions values"
                + " (?, ?, ?, ?, 'AT_RISK', ?::timestamptz, 'default', ?, 40, 'p', '{}')")) {
      insert.setString(1, id);
      insert.setString(2, id);
      insert.setString(3, user);
      insert.setString(4, decision);
      insert.setString(5, at);
      insert.setString(6, arm);
      insert.executeUpdate();
    }
  }

  private void order(String id, String user, String placedAt, String amount) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into shop.orders (order_id, user_id, placed_at, amount)"
                + " values (?, ?, ?::timestamptz, ?::numeric)")) {
      insert.setString(1, id);
      insert.setString(2, user);
      insert.setString(3, placedAt);
      insert.setString(4, amount);
      insert.executeUpdate();
    }
  }

  private void policy(String document) throws SQLException {
    execute("delete from engagement.policy_in_force");
    execute(
        "insert into engagement.policy_in_force (policy_version, built_in, hash, document)"
            + " values ('p', false, 'hash of p', %s)".formatted(document));
  }

  /** The experiment "spring" with variants given as names and weights. */
  private void experiment(String holdoutShare, Object... variants) throws SQLException {
    List<String> json = new ArrayList<>();
    for (int i = 0; i < variants.length; i += 2) {
      json.add(
          "{\"name\": \"%s\", \"weight\": %s, \"prompt\": \"p\"}"
              .formatted(variants[i], variants[i + 1]));
    }
    execute(
        "update engagement.outreach_settings set experiment_id = 'spring', holdout_share = "
            + holdoutShare
            + ", variants = '"
            + json
            + "'");
  }

  /** Users of an arm, numbered from 1, of whom the first so many place one order each. */
  private void arm(String arm, int users, int reactivated, String amount) throws SQLException {
    execute(
        """
        insert into engagement.outreach_decisions
        select '%1$s-' || n, '%1$s-' || n, '%1$s-' || n, '%2$s', 'AT_RISK', '%3$s', 'spring',
          '%1$s', 40, 'p', '{}'
        from generate_series(1, %4$d) n
        """
            .formatted(arm, arm.equals("HOLDOUT") ? "HOLDOUT" : "EMAIL", DECIDED, users));
    execute(
        """
        insert into shop.orders (order_id, user_id, placed_at, amount)
        select '%1$s-' || n, '%1$s-' || n, '%2$s', %3$s from generate_series(1, %4$d) n
        """
            .formatted(arm, IN_WINDOW, amount, reactivated));
  }

  /** A row of engagement.uplift by column. */
  private record Arm(Map<String, String> columns) {

    String text(String column) {
      assertThat(columns).containsKey(column);
      return columns.get(column);
    }

    double number(String column) {
      assertThat(text(column)).as(column).isNotNull();
      return Double.parseDouble(text(column));
    }
  }

  private Map<String, Arm> uplift(String experiment) throws SQLException {
    Map<String, Arm> arms = new LinkedHashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement("select * from engagement.uplift(?)")) {
      query.setString(1, experiment);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Map<String, String> columns = new LinkedHashMap<>();
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            columns.put(rows.getMetaData().getColumnName(i), rows.getString(i));
          }
          arms.put(rows.getString("arm"), new Arm(columns));
        }
      }
    }
    return arms;
  }

  private String outcome(String expression) throws SQLException {
    List<String> values = texts("select " + expression + " from engagement.email_outcomes");
    assertThat(values).hasSize(1);
    return values.get(0);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private double number(String sql) throws SQLException {
    return Double.parseDouble(texts(sql).get(0));
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
