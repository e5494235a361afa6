package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All of outreach against the control group, over a random shop, by SQL of the test's own. */
@Timeout(120)
class ControlGroupITCase {

  private static TestDatabase database;
  private static Numbers numbers;

  @BeforeAll
  static void makeAShopWithAGroup() throws Exception {
    database = RandomShop.create();
    // The group began 120 days ago: decisions from before do not count. A client may have been
    // skipped for another reason first, and has no order probability now and then.
    database.execute(
        """
        update engagement.outreach_settings set control_share = 0.2;
        update engagement.outreach_decisions
          set control_share = case when decided_at > now() - interval '120 days' then 0.2 else 0 end,
              inputs = case when random() < 0.9
                then jsonb_build_object('order_probability', round(random()::numeric, 3)) else '{}' end;
        update engagement.outreach_decisions d
          set decision = 'SKIP', reason = 'CONTROL_GROUP', experiment_id = null, arm = null
          from engagement.outreach_settings o
          where d.control_share > 0 and decision <> 'SKIP'
            and engagement.in_control_group(o.control_salt, d.user_id, o.control_share);
        delete from engagement.emails e using engagement.outreach_decisions d
          where d.decision_id = e.decision_id and d.reason = 'CONTROL_GROUP';
        """);
    numbers = new Numbers(database);
  }

  @AfterAll
  static void stop() throws Exception {
    numbers.close();
    database.close();
  }

  /** The clients whose 14 days ended in the last days, each with the first decision that counts. */
  private static String clients(int days) {
    return """
        (select f.*, coalesce(o.orders, 0) > 0 as ordered, coalesce(o.revenue, 0) as revenue
         from (
           select distinct on (user_id) user_id, reason = 'CONTROL_GROUP' as control, decided_at,
             coalesce((inputs ->> 'order_probability')::float8, 0) as probability
           from engagement.outreach_decisions
           where control_share > 0 and (decision in ('EMAIL', 'HOLDOUT') or reason = 'CONTROL_GROUP')
           order by user_id, decided_at, decision_id) f
         left join lateral (
           select count(*) as orders, sum(round((amount - refunded_amount)
             * case currency when 'EUR' then 1 when 'USD' then 0.9 end, 2)) as revenue
           from shop.orders o
           where o.user_id = f.user_id and o.status = 'PLACED' and amount > refunded_amount
             and o.placed_at > f.decided_at and o.placed_at <= f.decided_at + interval '336 hours') o
           on true
         where decided_at >= %s - interval '336 hours' and decided_at < now() - interval '336 hours')
         clients
        """
        .formatted(Numbers.day(days - 1));
  }

  private static double of(int days, String aggregate, boolean control) throws Exception {
    Double value =
        numbers.sql(
            "select " + aggregate + " from " + clients(days) + " where control = " + control);
    return value == null ? 0 : value;
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  void shouldCountEachClientOnce(int days) throws Exception {
    JsonNode answer = numbers.get("/api/control-group?days=" + days);
    assertThat(answer.get("share").doubleValue()).isEqualTo(0.2);
    for (boolean control : new boolean[] {false, true}) {
      JsonNode side = answer.get(control ? "control" : "outreach");
      double clients = of(days, "count(*)", control);
      double ordered = of(days, "count(*) filter (where ordered)", control);
      assertThat(side.get("clients").doubleValue()).isEqualTo(clients);
      assertThat(side.get("reactivated").doubleValue()).isEqualTo(ordered);
      assertThat(side.get("revenue").doubleValue())
          .isCloseTo(of(days, "sum(revenue)", control), within(0.011));
      if (clients > 0) {
        assertThat(side.get("rate").doubleValue()).isCloseTo(ordered / clients, within(1e-6));
        assertThat(side.get("revenuePerClient").doubleValue())
            .isCloseTo(of(days, "avg(revenue)", control), within(0.0051));
      }
    }
    assertThat(numbers.sql("select count(*) from " + clients(90) + " where control"))
        .as("the shop has a group")
        .isGreaterThan(10);
  }

  /** The formulas of an experiment, with the holdout's place taken by the control group. */
  @Test
  void shouldGiveTheDifferencesTheirIntervals() throws Exception {
    int days = 90;
    JsonNode answer = numbers.get("/api/control-group?days=" + days);
    double[] n = new double[2];
    double[] rate = new double[2];
    double[] likely = new double[2];
    double[] predicted = new double[2];
    double[] spread = new double[2];
    double[] joint = new double[2];
    double[] variance = new double[2];
    double[] revenue = new double[2];
    for (int side = 0; side < 2; side++) {
      boolean control = side == 1;
      n[side] = of(days, "count(*)", control);
      double ordered = of(days, "count(*) filter (where ordered)", control);
      assertThat(ordered).as("enough to compare").isBetween(10.0, n[side] - 10);
      rate[side] = ordered / n[side];
      likely[side] = (ordered + 1) / (n[side] + 2);
      predicted[side] = of(days, "avg(probability)", control);
      spread[side] = of(days, "regr_sxx(ordered::int, probability)", control);
      joint[side] = of(days, "regr_sxy(ordered::int, probability)", control);
      variance[side] = of(days, "var_samp(revenue)", control);
      revenue[side] = of(days, "avg(revenue)", control);
    }
    double slope = (joint[0] + joint[1]) / (spread[0] + spread[1]);
    double inverse = 1 / n[0] + 1 / n[1];
    double factor =
        numbers.sql("select engagement.always_valid_factor(%s, 0.05)".formatted(1 / inverse));
    double squared = 0;
    for (int side = 0; side < 2; side++) {
      squared +=
          (likely[side] * (1 - likely[side])
                  + (slope * slope * spread[side] - 2 * slope * joint[side]) / n[side])
              / n[side];
    }
    double difference = rate[0] - rate[1] - slope * (predicted[0] - predicted[1]);
    double margin = factor * Math.sqrt(squared);
    double revenueMargin =
        factor
            * Math.sqrt(
                Math.max(
                    variance[0] / n[0] + variance[1] / n[1],
                    (variance[0] * (n[0] - 1) + variance[1] * (n[1] - 1))
                        / (n[0] + n[1] - 2)
                        * inverse));

    assertNumber(answer, "difference", rate[0] - rate[1], 1e-6);
    assertNumber(answer, "adjustedDifference", difference, 1e-6);
    assertNumber(answer, "adjustedLow", difference - margin, 1e-6);
    assertNumber(answer, "adjustedHigh", difference + margin, 1e-6);
    assertNumber(answer, "revenueDifference", revenue[0] - revenue[1], 0.0051);
    assertNumber(answer, "revenueLow", revenue[0] - revenue[1] - revenueMargin, 0.0051);
    assertNumber(answer, "revenueHigh", revenue[0] - revenue[1] + revenueMargin, 0.0051);
  }

  private static void assertNumber(JsonNode answer, String name, double value, double within) {
    assertThat(answer.get(name).doubleValue()).as(name).isCloseTo(value, within(within));
  }

  /** An erased person keeps the outcome, in the group that it was decided in. */
  @Test
  void shouldKeepTheOutcomeOfAnErasedClient() throws Exception {
    String user =
        database.value(
            "select user_id from " + clients(30) + " where control and ordered order by 1 limit 1");
    String outcome =
        """
        select concat_ws(' ', control_share, reactivated, orders, revenue)
        from engagement.decision_outcomes
        where decision_id = '%s'
        """
            .formatted(
                database.value(
                    "select decision_id from engagement.outreach_decisions where user_id = '%s'"
                            .formatted(user)
                        + " and reason = 'CONTROL_GROUP' order by decided_at limit 1"));
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      String before = value(connection, outcome);
      value(connection, "select engagement.erase_user('" + user + "')");
      assertThat(value(connection, outcome)).isEqualTo(before);
      connection.rollback();
    }
  }

  private static String value(Connection connection, String sql) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void shouldShowTheComparisonOnceThereIsAGroup() throws Exception {
    numbers.get("/api/control-group");
    assertThat(numbers.page("/"))
        .contains("What outreach brings as a whole", "Permanent control group")
        .contains("20% of all clients are in the permanent control group")
        .contains("What this counts");
    TestDatabase empty = new TestDatabase();
    try (TestDashboard dashboard = RandomShop.dashboard(empty)) {
      TestClient admin = dashboard.admin(empty);
      while (admin.get("/api/control-group").statusCode() == 503) {
        Thread.onSpinWait();
      }
      JsonNode nothing = TestClient.json(admin.get("/api/control-group"));
      assertThat(nothing.get("share").doubleValue()).isZero();
      assertThat(nothing.get("difference").isNull()).isTrue();
      assertThat(nothing.at("/control/rate").isNull()).isTrue();
      assertThat(admin.get("/").body()).doesNotContain("What outreach brings as a whole");
    } finally {
      empty.close();
    }
  }
}
