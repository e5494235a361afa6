package io.rekindle.dashboard.clients;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientRoutesITCase extends DashboardTestBase {

  /** Scores 0 to 39 for u00 to u39, none for u40 to u44, and no row of scores for u45 to u49. */
  private static void fifty() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, name, created_at)
        select 'u' || to_char(n, 'FM00'), 'mail' || n || '@example.org',
               case when n % 10 = 9 then null else 'Name ' || n end,
               timestamptz '2024-01-01Z' + n * interval '1 day'
        from generate_series(0, 49) n;
        insert into engagement.user_scores (user_id, score, band, segment, order_count, at_risk,
            at_risk_since, last_order_at, average_order_value, as_of, revision, policy_version)
        select 'u' || to_char(n, 'FM00'), case when n < 40 then n end,
               case when n < 40 then 'LOW' else 'PROSPECT' end,
               case when n < 20 then 'AT_RISK' when n < 40 then 'LOYAL' else 'PROSPECT' end,
               n % 7, n < 20,
               case when n < 20 then timestamptz '2025-01-01Z' + n * interval '1 hour' end,
               case when n < 40 then timestamptz '2025-02-01Z' + n * interval '1 day' end,
               case when n < 40 then n / 10 end, now(), 1, 'p'
        from generate_series(0, 44) n;
        """);
  }

  @Test
  void shouldShowEveryClientOnceInEveryOrder() throws Exception {
    fifty();
    for (ClientFilter.Sort sort : ClientFilter.Sort.values()) {
      for (String order : List.of("asc", "desc")) {
        List<String> ids = allIds("/api/users?limit=7&sort=" + sort.word() + "&order=" + order);

        assertThat(ids).as(sort + " " + order).hasSize(50).doesNotHaveDuplicates();
      }
    }
    assertThat(allIds("/api/users?limit=7&sort=score&order=asc")).startsWith("u00", "u01", "u02");
    assertThat(allIds("/api/users?limit=7&sort=score&order=desc"))
        .startsWith("u39", "u38")
        .endsWith("u47", "u46", "u45");
  }

  @Test
  void shouldKeepTheOrderWhateverIsFilteredBy() throws Exception {
    fifty();
    database.execute("update shop.users set created_at = '2023-01-01Z' where user_id = 'u25'");
    for (ClientFilter.Sort sort : ClientFilter.Sort.values()) {
      String list = "/api/users?order=asc&sort=" + sort.word();
      List<String> all = allIds(list + "&limit=200");
      for (String filter :
          List.of("segment=LOYAL", "segment=LOYAL&scoreMin=22&scoreMax=35", "search=name%202")) {
        List<String> some = allIds(list + "&limit=4&" + filter);

        assertThat(some)
            .as(sort + " " + filter)
            .contains("u25")
            .isEqualTo(all.stream().filter(some::contains).toList());
      }
    }
  }

  @Test
  void shouldFilterBySegmentRiskScoreAndLastOrder() throws Exception {
    fifty();
    assertThat(allIds("/api/users?segment=LOYAL")).hasSize(20).doesNotContain("u19");
    assertThat(allIds("/api/users?atRisk=true&scoreMin=5&scoreMax=10&sort=score&order=asc"))
        .containsExactly("u05", "u06", "u07", "u08", "u09", "u10");
    assertThat(
            allIds(
                "/api/users?lastOrderFrom=2025-02-03T00:00:00Z&lastOrderUntil=2025-02-05T00:00:00Z"))
        .containsExactlyInAnyOrder("u02", "u03");
    JsonNode counted = json(admin.get("/api/users?atRisk=true&count=true&limit=1"));
    assertThat(counted.get("total").intValue()).isEqualTo(20);
    assertThat(counted.get("totalIsMore").booleanValue()).isFalse();
  }

  @Test
  void shouldSearchByPartsOfNameAddressAndId() throws Exception {
    fifty();
    database.execute(
        "insert into shop.users (user_id, email, name) values ('x%_\\', 'ÉVA@example.org', 'Éva"
            + " Nagy')");

    assertThat(allIds("/api/users?search=mail42")).containsExactly("u42");
    assertThat(allIds("/api/users?search=NAME%2011")).containsExactly("u11");
    assertThat(allIds("/api/users?search=u1")).hasSize(10);
    assertThat(allIds("/api/users?search=%C3%A9va%20nagy")).containsExactly("x%_\\");
    assertThat(allIds("/api/users?search=X%25_%5C")).containsExactly("x%_\\");
    assertThat(allIds("/api/users?search=nobody")).isEmpty();
  }

  @Test
  void shouldExportExactlyTheFilteredRows() throws Exception {
    fifty();
    database.execute(
        """
        update shop.users set name = '=HYPERLINK("http://evil")', email = 'a,b@example.org'
        where user_id = 'u03'
        """);

    HttpResponse<String> all = admin.get("/api/users?format=csv&sort=score");
    HttpResponse<String> some = admin.with("Accept", "text/csv").get("/api/users?search=u03");

    assertThat(all.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
    assertThat(all.body().split("\r\n")).hasSize(51);
    assertThat(some.body().split("\r\n")).hasSize(2);
    assertThat(some.body())
        .as("the columns that import reads, behind a byte order mark")
        .startsWith("\uFEFFuserId,email,name,preferredCategories,timeZone,locale,marketingConsent,")
        .contains("u03,\"a,b@example.org\",\"'=HYPERLINK(\"\"http://evil\"\")\",");
  }

  @Test
  void shouldRefuseCursorsOfOtherLists() throws Exception {
    fifty();
    String cursor = json(admin.get("/api/users?limit=2&sort=score")).get("nextCursor").textValue();

    for (String wrong :
        List.of("sort=name&cursor=" + cursor, "cursor=x", "cursor=W10", "cursor=%00")) {
      HttpResponse<String> response = admin.get("/api/users?" + wrong);
      assertThat(response.statusCode()).as(wrong).isEqualTo(400);
      assertThat(json(response).at("/errors/0/field").textValue()).isEqualTo("cursor");
    }
  }

  @Test
  void shouldCreateAndChangeAClientAndSayByWhom() throws Exception {
    HttpResponse<String> created =
        admin.post(
            "/api/users",
            """
            {"userId": "a b", "email": "ada@example.org", "name": "Ada",
             "preferredCategories": ["tea", "a,\\"b\\""], "timeZone": "Europe/Warsaw",
             "locale": "pl-PL", "marketingConsent": true}
            """);
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    assertThat(created.headers().firstValue("Location")).hasValue("/api/users/a%20b");
    assertThat(json(created).get("preferredCategories").get(1).textValue()).isEqualTo("a,\"b\"");
    assertThat(admin.post("/api/users", "{\"userId\": \"a b\"}").statusCode()).isEqualTo(409);

    HttpResponse<String> changed =
        admin.put("/api/users/a%20b", "{\"name\": null, \"marketingConsent\": false}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(json(changed).get("name").isNull()).isTrue();
    assertThat(json(changed).get("email").textValue()).isEqualTo("ada@example.org");
    assertThat(json(changed).get("marketingConsent").booleanValue()).isFalse();

    JsonNode entry = json(admin.get("/api/audit-log")).at("/items/0");
    assertThat(entry.get("actor").textValue()).isEqualTo("admin@example.org");
    assertThat(entry.at("/before/name").textValue()).isEqualTo("Ada");
    assertThat(entry.at("/after/marketingConsent").booleanValue()).isFalse();
    assertThat(json(admin.get("/api/users/a%20b/timeline")).get("items"))
        .extracting(event -> event.get("kind").textValue())
        .contains("CONSENT", "CREATED");
  }

  @Test
  void shouldNameEveryMistakeInAClient() throws Exception {
    HttpResponse<String> refused =
        admin.post(
            "/api/users",
            """
            {"userId": " ", "email": "nobody", "timeZone": "Mars/Base", "locale": "?",
             "marketingConsent": "yes", "preferredCategories": [1], "score": 99}
            """);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).get("errors"))
        .extracting(error -> error.get("field").textValue())
        .containsExactlyInAnyOrder(
            "userId",
            "email",
            "timeZone",
            "locale",
            "marketingConsent",
            "preferredCategories[0]",
            "score");
    assertThat(database.value("select count(*) from shop.users")).isEqualTo("0");
  }

  @Test
  void shouldTellAClientsStoryPageByPage() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, created_at) values ('u', '2024-01-01Z');
        insert into shop.orders (order_id, user_id, placed_at, amount, refunded_amount, status)
          values ('o1', 'u', '2025-01-01Z', 10, 3, 'PLACED'),
                 ('o2', 'u', '2025-01-02Z', 20, 0, 'CANCELLED');
        select engagement.ensure_score_history('2025-01-01Z', '2025-06-01Z');
        insert into engagement.score_history (user_id, as_of, revision, score, band, segment,
            at_risk, cause, cause_id, policy_version)
          select 'u', timestamptz '2025-01-01Z' + n * interval '1 day', n, n, 'LOW', 'NEW', false,
                 'TIME', null, 'p'
          from generate_series(1, 9) n;
        insert into engagement.risk_episodes values
          ('ep', 'u', '2025-05-01Z', '2025-05-01Z', null, null, 40, 'p', '2025-05-01Z', 1);
        insert into engagement.outreach_decisions values
          ('d', 'ep', 'u', 'EMAIL', 'DUE', '2025-05-02Z', 'x', 'friendly', 40, 'p', '{"a": 1}');
        insert into engagement.emails (email_id, episode_id, decision_id, user_id, subject, status,
            generated_at, sent_at)
          values ('e', 'ep', 'd', 'u', 'Hello', 'SENT', '2025-05-02Z', '2025-05-03Z');
        """);

    assertThat(all("/api/users/u/history?limit=4")).hasSize(9);
    assertThat(json(admin.get("/api/users/u/orders")).at("/items/0/orderId").textValue())
        .isEqualTo("o2");
    assertThat(json(admin.get("/api/users/u/emails")).at("/items/0/subject").textValue())
        .isEqualTo("Hello");
    assertThat(json(admin.get("/api/users/u/decisions")).at("/items/0/inputs/a").intValue())
        .isEqualTo(1);
    List<JsonNode> timeline = all("/api/users/u/timeline?limit=3");
    assertThat(timeline)
        .extracting(event -> event.get("kind").textValue())
        .contains(
            "ORDER",
            "REFUND",
            "CANCELLATION",
            "SCORE",
            "AT_RISK",
            "DECISION",
            "EMAIL_WRITTEN",
            "EMAIL_SENT",
            "CREATED")
        .hasSize(18);
    assertThat(timeline)
        .extracting(event -> Instant.parse(event.get("at").textValue()))
        .isSortedAccordingTo((a, b) -> b.compareTo(a));
    assertThat(timeline)
        .filteredOn(event -> event.get("kind").textValue().matches("REFUND|CANCELLATION"))
        .hasSize(2)
        .noneMatch(event -> event.at("/detail/timeKnown").booleanValue());
    database.execute(
        "update shop.orders set cancelled_at = '2025-01-04Z' where order_id = 'o2';"
            + " update shop.orders set refunded_amount = 4 where order_id = 'o1'");
    assertThat(all("/api/users/u/timeline"))
        .filteredOn(event -> event.get("kind").textValue().matches("REFUND|CANCELLATION"))
        .allMatch(event -> event.at("/detail/timeKnown").booleanValue())
        .extracting(event -> event.get("at").textValue())
        .contains("2025-01-04T00:00:00Z");
    assertThat(admin.get("/api/users/u/history?format=csv").body().split("\r\n")).hasSize(10);
    assertThat(admin.get("/api/users/nobody/history").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldEraseAPersonAndAllThatIsSaidOfThem() throws Exception {
    admin.post("/api/users", "{\"userId\": \"gone\", \"name\": \"Secret Name\"}");
    admin.post("/api/orders", "{\"userId\": \"gone\", \"orderId\": \"o\", \"amount\": 5}");
    database.execute(
        """
        insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,
            reason, decided_at, policy_version, inputs)
          values ('asked', 'asked', 'gone', 'EMAIL', 'AT_RISK', now(), 'p', '{}')
        """);

    HttpResponse<String> erased = admin.delete("/api/users/gone");

    assertThat(erased.statusCode()).as(erased.body()).isEqualTo(202);
    assertThat(admin.get("/api/users/gone").statusCode()).isEqualTo(404);
    assertThat(admin.get("/api/orders/o").statusCode()).isEqualTo(404);
    assertThat(admin.get("/api/audit-log").body()).doesNotContain("Secret Name", "gone");
    assertThat(admin.delete("/api/users/gone").statusCode()).isEqualTo(404);

    // What the pipeline stores afterwards goes, too.
    database.execute(
        "insert into engagement.pipeline_progress values (0, 1, now() + interval '1 minute',"
            + " now())");
    for (int round = 0; round < 2; round++) {
      database.execute(
          """
          insert into engagement.user_scores (user_id, band, segment, order_count, at_risk, as_of,
              revision, policy_version)
            values ('gone', 'PROSPECT', 'PROSPECT', 0, false, now(), 1, 'p')
          """);
      awaitNone("engagement.user_scores");
    }
    assertThat(database.value("select count(*) from dashboard.erasures"))
        .as("an email was asked for before, and has no row yet")
        .isEqualTo("1");
    database.execute(
        "insert into engagement.emails (email_id, episode_id, user_id, status)"
            + " values ('asked', 'asked', 'pseudonym', 'CANCELLED')");
    awaitNone("dashboard.erasures");
  }

  private static void awaitNone(String table) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!"0".equals(database.value("select count(*) from " + table))) {
      assertThat(System.nanoTime()).as(table).isLessThan(deadline);
    }
  }

  @Test
  void shouldSetAScoreByHandForAWhile() throws Exception {
    database.execute("insert into shop.users (user_id) values ('u')");

    HttpResponse<String> set =
        admin.put("/api/users/u/score-override", "{\"score\": 12, \"reason\": \"a test\"}");
    assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
    assertThat(json(set).get("setBy").textValue()).isEqualTo("admin@example.org");
    assertThat(database.value("select score from engagement.score_overrides")).isEqualTo("12");
    assertThat(admin.delete("/api/users/u/score-override").statusCode()).isEqualTo(204);
    assertThat(admin.delete("/api/users/u/score-override").statusCode()).isEqualTo(404);
    assertThat(
            admin
                .put(
                    "/api/users/u/score-override",
                    "{\"score\": 12, \"expiresAt\": \"2020-01-01T00:00:00Z\"}")
                .statusCode())
        .isEqualTo(400);
  }

  private List<String> allIds(String path) throws Exception {
    return all(path).stream().map(user -> user.get("userId").textValue()).toList();
  }

  private List<JsonNode> all(String path) throws Exception {
    List<JsonNode> items = new ArrayList<>();
    String next = path;
    while (next != null) {
      HttpResponse<String> response = admin.get(next);
      assertThat(response.statusCode()).as(next + " " + response.body()).isEqualTo(200);
      JsonNode page = json(response);
      page.get("items").forEach(items::add);
      JsonNode cursor = page.get("nextCursor");
      next = cursor.isNull() ? null : path + "&cursor=" + cursor.textValue();
    }
    return items;
  }
}
