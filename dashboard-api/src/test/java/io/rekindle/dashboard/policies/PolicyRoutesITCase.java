package io.rekindle.dashboard.policies;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.TestClient;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class PolicyRoutesITCase extends DashboardTestBase {

  @Test
  void shouldDraftReplaceActivateAndRollBack() throws Exception {
    assertThat(admin.post("/api/policies", policy("first", 55)).statusCode()).isEqualTo(201);
    assertThat(admin.post("/api/policies", policy("first", 55)).statusCode()).isEqualTo(409);
    assertThat(admin.put("/api/policies/first", policy("first", 50)).statusCode()).isEqualTo(200);
    assertThat(admin.put("/api/policies/first", policy("other", 50)).statusCode()).isEqualTo(400);
    admin.post("/api/policies", policy("second", 60));

    assertThat(admin.post("/api/policies/first/activate", "{}").statusCode()).isEqualTo(200);
    assertThat(admin.put("/api/policies/first", policy("first", 51)).statusCode()).isEqualTo(409);
    assertThat(admin.post("/api/policies/second/activate", "{}").statusCode()).isEqualTo(200);
    assertThat(admin.post("/api/policies/second/activate", "{}").statusCode()).isEqualTo(409);
    assertThat(json(admin.get("/api/policies")).at("/items/0/policyVersion").textValue())
        .isEqualTo("second");

    HttpResponse<String> back = admin.post("/api/policies/rollback", "{}");
    assertThat(json(back).get("policyVersion").textValue()).isEqualTo("first");
    assertThat(
            database.value("select policy_version from engagement.scoring_policies where active"))
        .isEqualTo("first");
    assertThat(json(admin.get("/api/audit-log")).at("/items/0/before/active").textValue())
        .isEqualTo("second");
  }

  @Test
  void shouldActivateAndRollBackOnlyWhatWasRead() throws Exception {
    admin.post("/api/policies", policy("first", 55));
    admin.post("/api/policies", policy("second", 60));
    admin.post("/api/policies/first/activate", null);
    admin.post("/api/policies", policy("third", 45));
    TestClient first = asRead();
    admin.put("/api/policies/second", policy("second", 65));

    assertThat(first.post("/api/policies/second/activate", null).statusCode())
        .as("its document was changed")
        .isEqualTo(412);
    TestClient again = asRead();
    admin.post("/api/policies/third/activate", null);
    assertThat(again.post("/api/policies/second/activate", null).statusCode())
        .as("another one was activated")
        .isEqualTo(412);
    assertThat(states()).containsExactly("third: active", "first:", "second: draft");

    TestClient dialog = asRead();
    admin.post("/api/policies/second/activate", null);
    admin.post("/api/policies/third/activate", null);
    assertThat(dialog.post("/api/policies/rollback", null).statusCode())
        .as("it would now lead to the second and not to the first")
        .isEqualTo(412);
    TestClient twice = asRead();
    assertThat(twice.post("/api/policies/rollback", null).statusCode()).isEqualTo(200);
    assertThat(twice.post("/api/policies/rollback", null).statusCode())
        .as("of two who roll back, the second would take the first's back")
        .isEqualTo(412);
    assertThat(states()).containsExactly("second: active", "third:", "first:");
  }

  /** An admin who acts on the policies as they are now. */
  private TestClient asRead() throws Exception {
    return admin.with(
        "If-Match", admin.get("/api/policies").headers().firstValue("ETag").orElseThrow());
  }

  @Test
  void shouldTellThePolicyInForceFromOneThatTheJobRefuses() throws Exception {
    admin.post("/api/policies", policy("first", 55));
    admin.post("/api/policies", policy("second", 60));
    admin.post("/api/policies/first/activate", "{}");
    assertThat(states()).containsExactly("first: active", "second: draft");

    try {
      jobApplies("first");
      assertThat(states()).containsExactly("first: active inForce", "second: draft");

      admin.post("/api/policies/second/activate", "{}");
      assertThat(states()).containsExactly("second: active", "first: inForce");

      jobApplies("first");
      assertThat(states()).containsExactly("second: active refused", "first: inForce");
      assertThat(admin.get("/policy?version=second").body()).contains("The job refuses this");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  /** As at a first start: the row that was installed has the document that the job has built in. */
  @Test
  void shouldCallTheBuiltInDocumentInForceUnderItsVersion() throws Exception {
    admin.post("/api/policies", policy("first", 55));
    admin.post("/api/policies/first/activate", "{}");
    try {
      jobApplies("first");
      database.execute("update engagement.policy_in_force set built_in = true");
      assertThat(states()).containsExactly("first: active inForce");

      database.execute(
          """
          update engagement.policy_in_force
          set document = jsonb_set(document, '{atRisk,scoreBelow}', '51')
          """);
      assertThat(states()).containsExactly("first: active refused");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  @Test
  void shouldCallADocumentRefusedThatWasBrokenWhileItsVersionWasInForce() throws Exception {
    admin.post("/api/policies", policy("first", 55));
    admin.post("/api/policies/first/activate", "{}");
    try {
      jobApplies("first");
      database.execute(
          """
          update engagement.scoring_policies
          set document = jsonb_set(document, '{atRisk,scoreBelow}', '5000')
          """);

      assertThat(states()).containsExactly("first: active refused");
      assertThat(admin.get("/policy").body())
          .contains("<span class=\"badge bad\">Refused</span>", "Why: $.atRisk.scoreBelow")
          .doesNotContain("<span class=\"badge good\">In force</span>");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  @Test
  void shouldShowHowGoodADraftIsBesideThePolicyInForce() throws Exception {
    admin.post("/api/policies", policy("fitted-1", 55));
    assertThat(admin.get("/policy").body()).contains("No backtest has either of the two yet");
    database.execute(
        """
        insert into engagement.backtests (policy_versions, as_of, document)
        values (array['fitted-1'], now(), '{"policies": [
          {"policy": "cadence-v1 with a table", "figures": {"auc": 0.7011, "brier": 0.2011, "ece": 0.031}},
          {"policy": "fitted", "figures": {"auc": 0.7654, "brier": 0.1876, "ece": 0.012}}]}')
        """);

    assertThat(admin.get("/policy?version=fitted-1").body().replaceAll("<[^>]*>", " "))
        .containsSubsequence("cadence-v1", "In force", "0.701", "0.201", "0.031")
        .containsSubsequence("fitted-1", "This one", "0.765", "0.188", "0.012");
  }

  @Test
  void shouldTellTheModelAndMarkTheBuiltInTable() throws Exception {
    assertThat(json(admin.get("/api/models/in-force")))
        .isEqualTo(
            json(
                """
                {"policyVersion": "cadence-v1", "modelVersion": null, "horizonDays": 90,
                 "builtInProbability": true, "money": null}
                """));
    assertThat(admin.get("/policy").body()).contains("from another shop");
    try {
      database.execute(
          """
          insert into engagement.policy_in_force
            (policy_version, built_in, hash, document, model_version, model)
          values ('cadence-v1', true, '', '%s', 'm-1',
            '{"version": "m-1",
              "money": {"p": 2, "q": 3.5, "gamma": 40, "meanOrderValue": "50.00"}}')
          """
              .formatted(ScoringPolicy.builtIn("cadence-v1").json().replace("'", "''")));
      assertThat(json(admin.get("/api/models/in-force")))
          .isEqualTo(
              json(
                  """
                  {"policyVersion": "cadence-v1", "modelVersion": "m-1", "horizonDays": 90,
                   "builtInProbability": true,
                   "money": {"p": 2.0, "q": 3.5, "gamma": 40.0, "meanOrderValue": 50.00}}
                  """));
      assertThat(admin.get("/policy").body()).contains("Model in force: m-1.");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  /** Stores what the job stores once it has seen all changes of policies. */
  /** Models and relays are paid in US dollars, and the overview is in the shop's currency. */
  @Test
  void shouldTellWhatADollarIsWorthInTheCurrencyOfThePolicy() throws Exception {
    ObjectNode document = (ObjectNode) json(policy("in-euros", 50)).get("document");
    document.putObject("currency").put("base", "EUR").putObject("rates").put("USD", "0.86");
    assertThat(admin.post("/api/policies", "{\"document\": " + document + "}").statusCode())
        .isEqualTo(201);
    try {
      jobApplies("in-euros");
      JsonNode overview;
      do {
        overview = json(admin.get("/api/overview"));
      } while (!overview.path("currency").asText().equals("EUR"));
      assertThat(overview.get("usdRate").decimalValue()).isEqualByComparingTo("0.86");
    } finally {
      database.execute("delete from engagement.policy_in_force");
    }
  }

  private static void jobApplies(String version) throws Exception {
    database.execute(
        """
        delete from engagement.policy_in_force;
        insert into engagement.policy_in_force (policy_version, built_in, hash, document, changed_at)
        select policy_version, false, 'hash', document, clock_timestamp()
        from engagement.scoring_policies where policy_version = '%s'
        """
            .formatted(version));
  }

  private List<String> states() throws Exception {
    List<String> states = new ArrayList<>();
    for (JsonNode policy : json(admin.get("/api/policies")).get("items")) {
      StringBuilder state = new StringBuilder(policy.get("policyVersion").textValue()).append(':');
      for (String flag : List.of("active", "inForce", "refused", "draft")) {
        state.append(policy.get(flag).booleanValue() ? " " + flag : "");
      }
      states.add(state.toString());
    }
    return states;
  }

  @Test
  void shouldNameTheMistakeInAPolicy() throws Exception {
    HttpResponse<String> refused = admin.post("/api/policies", policy("bad", 5000));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/errors/0/field").textValue()).startsWith("document.");
    assertThat(database.value("select count(*) from engagement.scoring_policies")).isEqualTo("0");
  }

  @Test
  void shouldCompareTwoPoliciesOverAllClients() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, marketing_consent)
        select 'u' || n, 'u' || n || '@example.org', n % 2 = 0 from generate_series(1, 3000) n;
        insert into shop.orders (order_id, user_id, placed_at, amount, currency)
        select n || '-' || k, 'u' || n, now() - (n % 200 + 1) * interval '1 day'
                 - k * ((n % 30) + 3) * interval '1 day', 10 + n % 90, 'EUR'
        from generate_series(1, 2900) n, generate_series(0, n % 6) k;
        insert into shop.orders (order_id, user_id, placed_at, amount)
          values ('nobodys', 'no-such-user', now(), 5);
        insert into engagement.emails (email_id, user_id, episode_id, status, generated_at)
          select 'e' || n, 'u' || n, 'e' || n, case n % 9 when 0 then 'SENT' else 'READY' end, now()
          from generate_series(3, 3000, 3) n;
        insert into engagement.emails (email_id, user_id, status) values ('other', 'u1', 'READY');
        """);
    String before = ScoringPolicy.builtInNames().get(0);
    String after = ScoringPolicy.builtInNames().get(1);

    HttpResponse<String> started =
        admin.post(
            "/api/policy-previews", "{\"document\": " + ScoringPolicy.builtIn(after).json() + "}");
    assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
    JsonNode view = awaitEnd(json(started).get("previewId").textValue());

    assertThat(view.get("state").textValue()).as(view.toString()).isEqualTo("DONE");
    JsonNode result = view.get("result");
    assertThat(result.get("users").longValue()).isEqualTo(3_000);
    assertThat(result.at("/before/unscored").longValue()).isEqualTo(100);
    assertThat(sum(result.at("/before/distribution"))).isEqualTo(2_900);
    assertThat(sum(result.at("/after/distribution"))).isEqualTo(2_900);
    assertThat(clients(result.at("/before/factors/recency"))).isEqualTo(2_900);
    assertThat(clients(result.at("/after/factors/contact"))).isEqualTo(2_900);
    Map<String, long[]> expected = atRiskByHand(before, after);
    assertThat(result.at("/before/atRisk").longValue()).isEqualTo(expected.get("atRisk")[0]);
    assertThat(result.at("/after/atRisk").longValue()).isEqualTo(expected.get("atRisk")[1]);
    assertThat(result.get("enteringAtRisk").longValue()).isEqualTo(expected.get("moves")[0]);
    assertThat(result.get("leavingAtRisk").longValue()).isEqualTo(expected.get("moves")[1]);
    assertThat(result.get("emailsCancelled").longValue())
        .isEqualTo(expected.get("waiting")[0])
        .isPositive();
    assertThatQualityIsThatOfTheOrders(result.get("quality"), before, after);
    assertThat(admin.get("/api/policy-previews/none").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldGiveUpAPreviewThatNobodyWants() throws Exception {
    admin.post("/api/policies", policy("draft", 55));
    JsonNode started = json(admin.post("/api/policy-previews", "{\"policyVersion\": \"draft\"}"));
    String id = started.get("previewId").textValue();

    assertThat(admin.delete("/api/policy-previews/" + id).statusCode()).isEqualTo(204);

    assertThat(awaitEnd(id).get("state").textValue()).isIn("CANCELLED", "DONE");
    assertThat(admin.post("/api/policy-previews", "{}").statusCode()).isEqualTo(400);
  }

  /** The last 90 days by SQL; the scores of that day are those of the scoring library. */
  private static void assertThatQualityIsThatOfTheOrders(
      JsonNode quality, String before, String after) throws Exception {
    String then = "timestamptz '" + quality.get("from").textValue() + "'";
    assertThat(quality.get("days").intValue()).isEqualTo(90);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create temporary table then_scored (policy text, score int, returned boolean)");
      Map<String, OrderTable> orders = new HashMap<>();
      Map<String, Boolean> returned = new HashMap<>();
      try (ResultSet row =
          statement.executeQuery(
              "select user_id, placed_at, amount, currency, placed_at > "
                  + then
                  + " from shop.orders join shop.users using (user_id) where placed_at <= "
                  + then
                  + " + interval '2160 hours' order by placed_at")) {
        while (row.next()) {
          returned.merge(row.getString(1), row.getBoolean(5), Boolean::logicalOr);
          if (!row.getBoolean(5)) {
            orders
                .computeIfAbsent(row.getString(1), id -> new OrderTable())
                .add(
                    row.getTimestamp(2).getTime(),
                    row.getBigDecimal(3).movePointRight(2).longValueExact(),
                    CurrencyCodes.pack(row.getString(4)));
          }
        }
      }
      assertThat(quality.get("clients").longValue()).isEqualTo(orders.size());
      assertThat(quality.get("returns").longValue())
          .isEqualTo(orders.keySet().stream().filter(returned::get).count())
          .isPositive();
      long at = Instant.parse(quality.get("from").textValue()).toEpochMilli();
      for (String policy : List.of(before, after)) {
        Scorer scorer = new Scorer(ScoringPolicy.builtIn(policy));
        StringJoiner rows = new StringJoiner(",", "insert into then_scored values ", "");
        orders.forEach(
            (user, history) ->
                rows.add(
                    "('%s', %d, %b)"
                        .formatted(
                            policy,
                            (int) scorer.score(history, at, Score.NEVER).score(),
                            returned.get(user))));
        statement.execute(rows.toString());
        try (ResultSet row =
            statement.executeQuery(
                """
                select avg(case when yes.score > no.score then 1 when yes.score = no.score then 0.5
                                else 0 end)::float8
                from then_scored yes join then_scored no using (policy)
                where policy = '%s' and yes.returned and not no.returned
                """
                    .formatted(policy))) {
          row.next();
          String side = policy.equals(before) ? "/before/auc" : "/after/auc";
          assertThat(quality.at(side).doubleValue()).isCloseTo(row.getDouble(1), within(1e-9));
        }
      }
    }
  }

  /** Each client alone, by the scoring library and a plain query. */
  private static Map<String, long[]> atRiskByHand(String before, String after) throws Exception {
    Scorer oldScorer = new Scorer(ScoringPolicy.builtIn(before));
    Scorer newScorer = new Scorer(ScoringPolicy.builtIn(after));
    Map<String, OrderTable> users = new HashMap<>();
    long asOf;
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("select (extract(epoch from now()) * 1000)::bigint")) {
        row.next();
        asOf = row.getLong(1);
      }
      try (ResultSet row =
          statement.executeQuery(
              """
              select user_id, placed_at, o.amount, currency
              from shop.users left join shop.orders o using (user_id) order by placed_at
              """)) {
        while (row.next()) {
          OrderTable orders = users.computeIfAbsent(row.getString(1), id -> new OrderTable());
          if (row.getBigDecimal(3) != null) {
            orders.add(
                row.getTimestamp(2).getTime(),
                row.getBigDecimal(3).movePointRight(2).longValueExact(),
                CurrencyCodes.pack(row.getString(4)));
          }
        }
      }
    }
    long[] atRisk = new long[2];
    long[] moves = new long[2];
    long waiting = 0;
    for (Map.Entry<String, OrderTable> user : users.entrySet()) {
      OrderTable orders = user.getValue();
      int number = Integer.parseInt(user.getKey().substring(1));
      boolean old = oldScorer.score(orders, asOf, Score.NEVER).atRisk();
      boolean changed = newScorer.score(orders, asOf, Score.NEVER).atRisk();
      atRisk[0] += old ? 1 : 0;
      atRisk[1] += changed ? 1 : 0;
      moves[0] += changed && !old ? 1 : 0;
      moves[1] += old && !changed ? 1 : 0;
      // As the test inserts the emails that wait.
      waiting += number % 3 == 0 && number % 9 != 0 && !changed ? 1 : 0;
    }
    return Map.of("atRisk", atRisk, "moves", moves, "waiting", new long[] {waiting});
  }

  private JsonNode awaitEnd(String previewId) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode view = json(admin.get("/api/policy-previews/" + previewId));
    while (view.get("finishedAt").isNull()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      view = json(admin.get("/api/policy-previews/" + previewId));
    }
    return view;
  }

  /** The clients of all steps of a factor. */
  private static long clients(JsonNode steps) {
    long sum = 0;
    for (JsonNode step : steps) {
      sum += step.get("clients").longValue();
    }
    return sum;
  }

  private static long sum(JsonNode numbers) {
    long sum = 0;
    for (JsonNode number : numbers) {
      sum += number.longValue();
    }
    return sum;
  }

  /** The built-in policy with another version and threshold. */
  private static String policy(String version, int atRiskBelow) throws Exception {
    ObjectNode document = (ObjectNode) json(ScoringPolicy.byDefault().json());
    document.put("version", version);
    ((ObjectNode) document.get("atRisk")).put("scoreBelow", atRiskBelow);
    return "{\"document\": " + document + "}";
  }
}
