package io.rekindle.dashboard.experiments;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.scoring.experiment.AlwaysValid;
import io.rekindle.scoring.experiment.ArmComparison;
import io.rekindle.scoring.experiment.ArmTotals;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Experiments by the API, and the database's statistics against those of Java. */
class ExperimentsITCase extends DashboardTestBase {

  private static final String SPRING =
      """
      {"experimentId": "spring", "holdoutShare": 0.25, "variants": [
        {"name": "warm", "weight": 2, "prompt": "winback-v1", "tone": "warm"},
        {"name": "brief", "weight": 1, "prompt": "winback-v1"}]}
      """;

  /** Both are written down twice, for Java and for SQL, and have to stay the same. */
  @Test
  void shouldGiveTheSameIntervalsInTheDatabaseAsInJava() throws Exception {
    Jdbi jdbi = Jdbi.create(database::connect);
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      double users = random.nextDouble(0.5, 1 << random.nextInt(1, 25));
      double alpha = AlwaysValid.alpha(random.nextInt(1, 17));
      double rate = random.nextDouble(0.001, 0.999);
      double difference = random.nextDouble(0.001, 0.3);
      double share = random.nextDouble(0.01, 0.9);
      double holdout = random.nextDouble(0.01, 1 - share);
      double[] actual =
          jdbi.withHandle(
              handle ->
                  handle
                      .select(
                          "select engagement.always_valid_factor(?, ?) as factor,"
                              + " engagement.planned_users(?, ?, ?, ?, ?) as planned",
                          users,
                          alpha,
                          rate,
                          difference,
                          share,
                          holdout,
                          alpha)
                      .map(
                          (row, context) ->
                              new double[] {row.getDouble("factor"), row.getDouble("planned")})
                      .one());
      double planned = AlwaysValid.plannedUsers(rate, difference, share, holdout, alpha);
      String which = "seed %d, round %d".formatted(seed, i);
      assertThat(actual[0]).as(which).isCloseTo(AlwaysValid.factor(users, alpha), within(1e-9));
      assertThat(actual[1]).as(which).isCloseTo(planned, within(planned * 1e-9));
    }
  }

  @Test
  void shouldCompareArmsInTheDatabaseAsInJava() throws Exception {
    for (int round = 0; round < 3; round++) {
      long seed = new SplittableRandom().nextLong();
      Map<String, ArmTotals> totals =
          storeExperiment(new SplittableRandom(seed), "random-" + round);
      JsonNode result = json(admin.get("/api/experiments/random-" + round));

      for (JsonNode arm : result.get("arms")) {
        String name = arm.get("arm").textValue();
        if (name.equals("HOLDOUT")) {
          continue;
        }
        Optional<ArmComparison> compared =
            ArmComparison.of(totals.get(name), totals.get("HOLDOUT"), AlwaysValid.alpha(2));
        String which = "seed " + seed + ": " + arm;
        assertThat(arm.get("upliftLow").isNull()).as(which).isEqualTo(compared.isEmpty());
        if (compared.isEmpty()) {
          continue;
        }
        ArmComparison expected = compared.get();
        assertThat(arm.get("uplift").doubleValue())
            .as(which)
            .isCloseTo(expected.uplift(), within(1e-6));
        assertThat(arm.get("upliftLow").doubleValue())
            .as(which)
            .isCloseTo(expected.uplift() - expected.margin(), within(1e-6));
        assertThat(arm.get("upliftHigh").doubleValue())
            .as(which)
            .isCloseTo(expected.uplift() + expected.margin(), within(1e-6));
        assertThat(arm.get("explained").doubleValue())
            .as(which)
            .isCloseTo(expected.explained(), within(1e-6));
        assertThat(arm.get("revenueLow").doubleValue())
            .as(which)
            .isCloseTo(expected.revenueDifference() - expected.revenueMargin(), within(0.0051));
        assertThat(arm.get("revenueHigh").doubleValue())
            .as(which)
            .isCloseTo(expected.revenueDifference() + expected.revenueMargin(), within(0.0051));
      }
    }
  }

  /** Clients of three arms who were decided on a month ago; what is known of each. */
  private Map<String, ArmTotals> storeExperiment(SplittableRandom random, String experiment)
      throws Exception {
    Map<String, ArmTotals> totals = new HashMap<>();
    StringBuilder decisions = new StringBuilder();
    StringBuilder orders = new StringBuilder();
    int clients = random.nextInt(150, 1_200);
    for (int i = 0; i < clients; i++) {
      String user = experiment + "-" + i;
      String arm = random.nextInt(4) == 0 ? "HOLDOUT" : random.nextBoolean() ? "warm" : "brief";
      double probability = random.nextInt(1_000) / 1_000.0;
      boolean ordered = random.nextDouble() < probability / 2;
      double spent = ordered ? Math.round(Math.exp(random.nextGaussian() * 2) * 1_000) / 100.0 : 0;
      ordered &= spent > 0;
      decisions.append(
          ",('%1$s', '%1$s', '%1$s', '%2$s', 'AT_RISK', now() - interval '30 days', '%3$s', '%4$s',"
                  .formatted(user, arm.equals("HOLDOUT") ? arm : "EMAIL", experiment, arm)
              + " 'p', '{\"order_probability\": %s}')".formatted(probability));
      if (ordered) {
        orders.append(",('%1$s', '%1$s', now() - interval '25 days', %2$s)".formatted(user, spent));
      }
      totals.merge(
          arm,
          ArmTotals.NONE.plus(ordered, spent, probability),
          (before, one) -> before.plus(one.reactivated() == 1, one.revenue(), one.predicted()));
    }
    database.execute(
        "update engagement.outreach_settings set experiment_id = '%s', holdout_share = 0.25,"
                .formatted(experiment)
            + " variants = '[{\"name\": \"warm\", \"weight\": 1, \"prompt\": \"winback-v1\"},"
            + " {\"name\": \"brief\", \"weight\": 1, \"prompt\": \"winback-v1\"}]';"
            + "insert into engagement.outreach_decisions (decision_id, episode_id, user_id,"
            + " decision, reason, decided_at, experiment_id, arm, policy_version, inputs) values "
            + decisions.substring(1)
            + ";insert into shop.orders (order_id, user_id, placed_at, amount) values "
            + orders.substring(1));
    return totals;
  }

  @Test
  void shouldPlanTheDayOfTheAnswerAndTheShareThatMeetsIt() throws Exception {
    // Forty clients a day for twenty days, and a hundred whose 14 days are over: 12 of these, who
    // were held out, ordered.
    database.execute(
        """
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,
            reason, decided_at, experiment_id, arm, policy_version, inputs)
          select 'd' || n, 'd' || n, 'd' || n, case when n < 100 then 'HOLDOUT' else 'EMAIL' end,
            'AT_RISK', now() - case when n < 100 then interval '20 days' else interval '1 day' end,
            'default', case when n < 100 then 'HOLDOUT' else 'friendly' end, 'p', '{}'
          from generate_series(0, 799) n;
        insert into shop.orders (order_id, user_id, placed_at, amount)
          select 'd' || n, 'd' || n, now() - interval '10 days', 20 from generate_series(0, 11) n;
        """);
    // Clients are counted when a dashboard starts, and then once a minute.
    dashboard.close();
    dashboard = TestDashboard.start(database);
    admin = dashboard.admin(database);
    JsonNode plan = plan("?difference=0.05&withinDays=130&holdoutShare=0.1");

    assertThat(plan.get("rateOf").intValue()).isEqualTo(100);
    assertThat(plan.get("clientsPerDay").doubleValue()).isEqualTo(40);
    assertThat(plan.get("ratedHeldOut").booleanValue()).isTrue();
    assertThat(plan.get("rate").doubleValue()).isEqualTo(0.1275); // 13 / 102
    double rate = 13 / 102.0;
    assertOption(plan, "AS_ASKED", 0.1, AlwaysValid.plannedUsers(rate, 0.05, 0.9, 0.1, 0.05));
    assertOption(
        plan, "TWICE_THE_DIFFERENCE", 0.1, AlwaysValid.plannedUsers(rate, 0.1, 0.9, 0.1, 0.05));
    double fastest = option(plan, "FASTEST").get("holdoutShare").doubleValue();
    assertThat(fastest).isBetween(0.4, 0.5);
    double suggested = plan.get("suggestedShare").doubleValue();
    assertThat(suggested).isBetween(0.15, 0.25);
    assertThat(option(plan, "IN_TIME").get("holdoutShare").doubleValue()).isEqualTo(suggested);
    assertThat(duration(plan, "IN_TIME")).isLessThanOrEqualTo(Duration.ofDays(130));
    double less = suggested - 0.01;
    assertThat(AlwaysValid.plannedUsers(rate, 0.05, 1 - less, less, 0.05) / 40 + 14)
        .isGreaterThan(130);

    JsonNode hurried = plan("?withinDays=20");
    assertThat(option(hurried, "IN_TIME")).isNull();
    assertThat(hurried.get("suggestedShare").doubleValue()).isEqualTo(fastest);
    for (String wrong :
        new String[] {
          "difference=0",
          "difference=0.6",
          "holdoutShare=0",
          "holdoutShare=1",
          "withinDays=3",
          "variants=17",
          "what=1"
        }) {
      HttpResponse<String> refused = admin.get("/api/experiment-plan?" + wrong);
      assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
      assertThat(json(refused).at("/errors/0/field").textValue())
          .isEqualTo(wrong.substring(0, wrong.indexOf('=')));
    }
  }

  private JsonNode plan(String question) throws Exception {
    return json(admin.get("/api/experiment-plan" + question));
  }

  private static void assertOption(JsonNode plan, String kind, double share, double clients) {
    JsonNode option = option(plan, kind);
    assertThat(option.get("holdoutShare").doubleValue()).isEqualTo(share);
    assertThat(option.get("clients").longValue()).isEqualTo((long) Math.ceil(clients));
    assertThat(duration(plan, kind).toSeconds() / 86_400.0)
        .isCloseTo(clients / 40 + 14, within(0.05));
  }

  private static Duration duration(JsonNode plan, String kind) {
    return Duration.between(
        Instant.parse(plan.get("asOf").textValue()),
        Instant.parse(option(plan, kind).get("answerAt").textValue()));
  }

  /** Null if the plan has none of this kind. */
  private static JsonNode option(JsonNode plan, String kind) {
    for (JsonNode option : plan.get("options")) {
      if (option.get("kind").textValue().equals(kind)) {
        return option;
      }
    }
    return null;
  }

  @Test
  void shouldRefuseOtherGroupsUnderANameThatHasDecisions() throws Exception {
    assertThat(put(SPRING).statusCode()).isEqualTo(200);
    assertThat(put("{\"holdoutShare\": 0.3}").statusCode()).as("no decision yet").isEqualTo(200);
    assertThat(put(SPRING).statusCode()).isEqualTo(200);
    database.execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, experiment_id, arm, policy_version, inputs)"
            + " values ('x', 'x', 'x', 'EMAIL', 'AT_RISK', now(), 'spring', 'warm', 'p', '{}')");

    for (String other :
        new String[] {
          "{\"holdoutShare\": 0.3}",
          SPRING.replace("\"weight\": 2", "\"weight\": 3"),
          SPRING.replace("brief", "short")
        }) {
      HttpResponse<String> refused = put(other);
      assertThat(refused.statusCode()).as(other).isEqualTo(409);
      assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo("experimentId");
      assertThat(refused.body()).contains("spring", "a name of its own");
    }
    assertThat(
            put(SPRING.replace("\"weight\": 2", "\"weight\": 4").replace("1,", "2,")).statusCode())
        .as("the same shares by other weights")
        .isEqualTo(200);
    assertThat(put("{\"dailyCap\": 77}").statusCode()).isEqualTo(200);
    assertThat(put("{\"experimentId\": \"summer\", \"holdoutShare\": 0.3}").statusCode())
        .isEqualTo(200);
    HttpResponse<String> old = put("{\"experimentId\": \"spring\"}");
    assertThat(old.statusCode()).as("the old name with the new share").isEqualTo(409);
    assertThat(put(SPRING).statusCode()).as("as it was").isEqualTo(200);
  }

  @Test
  void shouldRefuseAClearedFieldAndAPromptThatDoesNotExist() throws Exception {
    for (String field :
        new String[] {
          "enabled",
          "cooldownDays",
          "staleDays",
          "dailyCap",
          "capOrder",
          "quietFrom",
          "quietUntil",
          "foldSubaddresses",
          "experimentId",
          "holdoutShare",
          "controlShare",
          "variants"
        }) {
      HttpResponse<String> refused = put("{\"" + field + "\": null}");
      assertThat(refused.statusCode()).as(field).isEqualTo(400);
      assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo(field);
    }
    HttpResponse<String> refused = put(SPRING.replace("winback-v1\"}", "winback-v2\"}"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors/0/field").textValue()).isEqualTo("variants[1].prompt");
    assertThat(refused.body()).contains("winback-v1");
  }

  private HttpResponse<String> put(String body) throws Exception {
    return admin.put("/api/outreach-settings", body);
  }
}
