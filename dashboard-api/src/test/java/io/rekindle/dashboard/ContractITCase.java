package io.rekindle.dashboard;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * That every answer keeps to the contract is checked wherever a test asks; here, that all is in.
 */
class ContractITCase extends DashboardTestBase {

  @Test
  void shouldHaveEveryAddressOfTheApiInTheContractAndNoOther() {
    Set<String> registered =
        dashboard.dashboard().routes().stream()
            .map(route -> route.method() + " " + route.path())
            .filter(
                route -> route.contains(" /api/") || OpenApiContract.operations().contains(route))
            .collect(Collectors.toSet());

    assertThat(registered).isEqualTo(OpenApiContract.operations());
  }

  @Test
  void shouldSayInTheContractWhoMayUseWhat() {
    assertThat(
            dashboard.dashboard().routes().stream()
                .filter(
                    route ->
                        OpenApiContract.operations().contains(route.method() + " " + route.path())))
        .allSatisfy(
            route ->
                assertThat(OpenApiContract.access(route.method().name(), route.path()))
                    .as(route.method() + " " + route.path())
                    .isEqualTo(route.access()));
  }

  @Test
  void shouldGiveEveryListAsCsvWithARowForEachItem() throws Exception {
    dashboard.key(admin, "read");
    admin.post("/api/suppressions", "{\"userIds\": [\"=1+1\", \"b\"]}");

    assertThat(OpenApiContract.lists()).hasSizeGreaterThan(10).allMatch(OpenApiContract::hasCsv);
    for (String list : OpenApiContract.lists()) {
      String path = list.split(" ", 2)[1];
      // Of one client: ClientRoutesITCase. Dead letters are in Kafka, which is not here.
      if (!path.contains("{") && !path.equals("/api/dead-letters")) {
        int items =
            json(admin.get(path + (path.contains("log") ? "?limit=200" : ""))).get("items").size();
        HttpResponse<String> csv = admin.get(path + "?format=csv");
        assertThat(csv.headers().firstValue("Content-Disposition")).as(path).isPresent();
        assertThat(csv.body().split("\r\n")).as(path).hasSize(items + 1);
      }
    }
    assertThat(admin.get("/api/suppressions?format=csv").body()).contains("'=1+1");
    assertThat(admin.get("/api/accounts?format=xml").statusCode()).isEqualTo(400);
  }

  @Test
  void shouldServeTheContract() throws Exception {
    assertThat(json(dashboard.anonymous().get("/openapi.json")).get("openapi").textValue())
        .isEqualTo("3.0.3");
    assertThat(dashboard.anonymous().get("/openapi.yaml").body()).startsWith("openapi: 3.0.3");
  }

  @Test
  void shouldMeasureItself() throws Exception {
    admin.get("/api/users");

    assertThat(admin.get("/metrics").body())
        .contains(
            "rekindle_dashboard_requests_seconds_count",
            "route=\"/api/users\"",
            "hikaricp_connections",
            "jvm_memory_used_bytes",
            "rekindle_dashboard_listeners");
    assertThat(dashboard.anonymous().get("/metrics").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldSayWhatHoldsThePipeline() throws Exception {
    assertThat(json(admin.get("/api/pipeline")).get("holder").textValue()).isEqualTo("CAPTURE");

    database.execute(
        """
        select pg_create_logical_replication_slot('rekindle', 'pgoutput');
        insert into engagement.clock (topic, partition) values ('rekindle.shop.users', 0);
        insert into engagement.pipeline_progress
          values (0, 2, now() - interval '1 hour'), (1, 2, now() - interval '2 hours');
        """);
    try {
      var held = json(admin.get("/api/pipeline"));
      // Nobody is connected to the slot.
      assertThat(held.get("holder").textValue()).isEqualTo("CAPTURE");
      assertThat(held.get("explanation").textValue()).contains("not connected");
      assertThat(held.get("subtasks")).hasSize(2);
      assertThat(held.get("moving").booleanValue()).isFalse();

      database.execute("update engagement.pipeline_progress set watermark = clock_timestamp()");
      var moving = json(admin.get("/api/pipeline"));
      assertThat(moving.get("moving").booleanValue()).isTrue();
      assertThat(moving.get("holder").textValue()).isEqualTo("NONE");
    } finally {
      database.execute("select pg_drop_replication_slot('rekindle')");
    }
  }

  @Test
  void shouldAnswerWithNumbersAndEmailsInTheFormsOfTheContract() throws Exception {
    database.fillWithClients();
    while (counted("/api/overview").at("/kpis/0/denominator").asInt() == 0) {
      Thread.onSpinWait();
    }

    for (String numbers :
        List.of(
            "segments",
            "distribution",
            "trend",
            "risk-transitions",
            "funnel",
            "decisions",
            "deliverability",
            "cohorts",
            "rfm",
            "order-months",
            "order-months?days=365",
            "counts?asOf=" + LocalDate.now(ZoneOffset.UTC).minusDays(1),
            "experiments/default")) {
      assertThat(counted("/api/" + numbers).get("asOf").isTextual()).as(numbers).isTrue();
    }
    var emails = json(admin.get("/api/emails?limit=20")).get("items");
    assertThat(emails).hasSizeGreaterThan(5);
    for (var email : emails) {
      String path = "/api/emails/" + email.get("emailId").textValue();
      assertThat(admin.get(path).statusCode()).isEqualTo(200);
      assertThat(admin.get(path + "/explanation").statusCode()).isEqualTo(200);
    }
  }

  /** What an address answers once everybody has been counted. */
  private JsonNode counted(String path) throws Exception {
    HttpResponse<String> answer = admin.get(path);
    for (; answer.statusCode() == 503; answer = admin.get(path)) {
      Thread.onSpinWait();
    }
    return json(answer);
  }

  @Test
  void shouldExplainEveryKpiOfTheOverview() throws Exception {
    var kpis = counted("/api/overview").get("kpis");
    assertThat(kpis).hasSize(8);
    assertThat(kpis)
        .allSatisfy(
            kpi ->
                assertThat(kpi.get("denominatorDefinition").textValue())
                    .endsWith(".")
                    .isNotEqualTo(kpi.get("definition").textValue()));
    assertThat(counted("/api/overview?days=8").get("errors").toString()).contains("7, 30, 90");
  }

  @Test
  void shouldShowNoDeadLettersWithoutKafka() throws Exception {
    assertThat(admin.get("/api/dead-letters").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldChangeOutreachSettingsAndTakeThatBack() throws Exception {
    String variants = json(admin.get("/api/outreach-settings")).get("variants").toString();
    assertThat(
            admin
                .put("/api/outreach-settings", "{\"dailyCap\": 7, \"experimentId\": \"second\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(json(admin.get("/api/experiments")).at("/items/0/experimentId").textValue())
        .isEqualTo("second");

    var back = json(admin.post("/api/outreach-settings/rollback", "{}"));

    assertThat(back.get("experimentId").textValue()).isEqualTo("default");
    assertThat(back.get("dailyCap").intValue()).isEqualTo(1000);
    assertThat(back.get("variants").toString()).isEqualTo(variants);
    database.execute(
        "update engagement.outreach_settings set experiment_id = 'default', daily_cap = 1000");
  }

  @Test
  void shouldSayWhatOtherRulesWouldDoAboutThoseAtRiskNow() throws Exception {
    // By number: 0 has not consented, 1 is suppressed, 2 has no address, 3 is at risk for too long,
    // 4 was written to lately; the others may be written to, and 5 was held out before.
    database.execute(
        """
        insert into shop.users (user_id, email, marketing_consent)
          select 'u' || n, case when n % 10 = 2 then null else n || '@example.org' end, n % 10 <> 0
          from generate_series(0, 199) n;
        insert into engagement.user_scores (user_id, score, band, segment, order_count, at_risk,
            at_risk_since, last_contact_at, as_of, revision, policy_version)
          select 'u' || n, 40, 'LOW', 'AT_RISK', 5, true,
            now() - case when n % 10 = 3 then interval '20 days' else interval '2 days' end,
            case when n % 10 = 4 then now() - interval '3 days' end, now(), 1, 'cadence-v1'
          from generate_series(0, 199) n;
        insert into engagement.suppressions (user_id, reason)
          select 'u' || n, 'MANUAL' from generate_series(1, 199, 10) n;
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision, reason,
            decided_at, experiment_id, arm, policy_version, inputs)
          select 'd' || n, 'e' || n, 'u' || n, 'HOLDOUT', 'AT_RISK', now() - interval '90 days',
            'default', 'HOLDOUT', 'cadence-v1', '{}' from generate_series(5, 199, 10) n;
        """);
    long drawn = 0;
    for (int n = 0; n < 200; n++) {
      if (n % 10 > 5 && place("default", "u" + n) < 0.1) {
        drawn++;
      }
    }

    var preview = json(admin.post("/api/outreach-settings/preview", "{\"staleDays\": 30}"));

    assertThat(preview.get("atRisk").intValue()).isEqualTo(200);
    assertThat(preview.at("/before/holdout").longValue()).isEqualTo(20 + drawn);
    assertThat(preview.at("/before/email").longValue()).isEqualTo(80 - drawn);
    assertThat(preview.at("/before/skips").findValuesAsText("reason"))
        .containsExactlyInAnyOrder(
            "NO_CONSENT", "SUPPRESSED", "NO_ADDRESS", "STALE", "RECENTLY_CONTACTED");
    assertThat(preview.at("/after/skip").intValue()).isEqualTo(80);
    assertThat(preview.at("/after/emailsPerDay").doubleValue())
        .isEqualTo(preview.at("/before/emailsPerDay").doubleValue())
        .isCloseTo((80 - drawn) / 7.0, within(0.06));

    var capped =
        json(
            admin.post(
                "/api/outreach-settings/preview",
                "{\"dailyCap\": 5, \"holdoutShare\": 0, \"experimentId\": \"next\"}"));
    assertThat(capped.at("/after/email").intValue()).isEqualTo(5);
    assertThat(capped.at("/after/holdout").intValue()).isZero();
    assertThat(capped.at("/after/skips/0/reason").textValue()).isEqualTo("OVER_DAILY_CAP");
    assertThat(capped.at("/after/skips/0/count").intValue()).isEqualTo(95);
    assertThat(capped.at("/after/emailsPerDay").intValue()).isEqualTo(5);
    assertThat(
            json(admin.post("/api/outreach-settings/preview", "{\"enabled\": false}"))
                .at("/after/skips/0")
                .toString())
        .contains("PAUSED", "140");
    assertThat(admin.post("/api/outreach-settings/preview", "{\"dailyCap\": -1}").body())
        .contains("\"field\":\"dailyCap\"");
    assertThat(json(admin.get("/api/outreach-settings")).get("staleDays").intValue()).isEqualTo(14);
  }

  /** As the job draws who is held out: the upper 53 bits of a digest of both names. */
  private static double place(String experiment, String user) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest((experiment + '\0' + user).getBytes(StandardCharsets.UTF_8));
    return (ByteBuffer.wrap(digest).getLong() >>> 11) / 0x1p53;
  }

  @Test
  void shouldSuppressManyAndLiftOnlyWhatWasSetByHand() throws Exception {
    database.execute(
        """
        insert into engagement.suppressions (user_id, address, reason)
          values ('left', null, 'UNSUBSCRIBED'), ('bounced', 'x@example.org', 'BOUNCED')
        """);

    var suppressed =
        json(admin.post("/api/suppressions", "{\"userIds\": [\"a\", \"left\", \"bounced\"]}"));

    assertThat(suppressed.get("suppressed").intValue()).isEqualTo(2);
    assertThat(json(admin.get("/api/suppressions")).get("items")).hasSize(3);
    assertThat(admin.get("/api/suppressions?format=csv").body().split("\r\n")).hasSize(4);
    assertThat(admin.delete("/api/suppressions/left").statusCode()).isEqualTo(409);
    assertThat(admin.delete("/api/suppressions/left?consent=shop,%203%20May").statusCode())
        .isEqualTo(204);
    assertThat(
            database.value(
                "select after ->> 'consent' from dashboard.audit_log where after ->> 'consent' is not null"))
        .isEqualTo("shop, 3 May");
    assertThat(admin.delete("/api/suppressions/a").statusCode()).isEqualTo(204);
    assertThat(admin.delete("/api/suppressions/a").statusCode()).isEqualTo(404);
  }
}
