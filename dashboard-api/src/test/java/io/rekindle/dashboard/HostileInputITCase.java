package io.rekindle.dashboard;

import static io.rekindle.dashboard.TestClient.encoded;
import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever somebody sends who means no good: a 4xx that names the field, and nothing stored. */
class HostileInputITCase extends DashboardTestBase {

  private static final JsonMapper JSON = new JsonMapper();

  /** A good body for each address that takes one. */
  private static final Map<String, String> GOOD =
      Map.ofEntries(
          Map.entry(
              "POST /api/users",
              """
              {"userId": "h1", "email": "a@example.org", "name": "A", "preferredCategories": ["x"],
               "timeZone": "UTC", "locale": "en", "marketingConsent": true}
              """),
          Map.entry(
              "PUT /api/users/known",
              """
              {"email": "a@example.org", "name": "A", "preferredCategories": ["x"],
               "timeZone": "UTC", "locale": "en", "marketingConsent": true}
              """),
          Map.entry(
              "PUT /api/users/known/score-override",
              "{\"score\": 5, \"reason\": \"r\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}"),
          Map.entry(
              "POST /api/orders",
              """
              {"orderId": "h1", "userId": "u", "placedAt": "2025-01-01T00:00:00Z", "amount": 1,
               "refundedAmount": 0, "currency": "EUR", "category": "c"}
              """),
          Map.entry(
              "PUT /api/orders/known",
              """
              {"amount": 9, "refundedAmount": 1, "status": "PLACED", "category": "c"}
              """),
          Map.entry(
              "POST /api/accounts",
              """
              {"email": "h@example.org", "name": "H", "role": "VIEWER",
               "password": "long enough, this"}
              """),
          Map.entry("POST /api/api-keys", "{\"name\": \"n\", \"scopes\": [\"read\"]}"),
          Map.entry(
              "PUT /api/session/password",
              "{\"currentPassword\": \"x\", \"newPassword\": \"long enough, this\"}"),
          Map.entry("POST /api/policies", "{\"document\": {}}"),
          Map.entry("POST /api/policy-previews", "{\"policyVersion\": \"x\"}"),
          Map.entry(
              "PUT /api/outreach-settings",
              """
              {"enabled": true, "cooldownDays": 3, "staleDays": 3, "dailyCap": 3,
               "quietFrom": "21:00", "quietUntil": "08:00", "experimentId": "e",
               "holdoutShare": 0.1,
               "variants": [{"name": "n", "weight": 1, "prompt": "winback-v1", "tone": "t", "offer": "o"}]}
              """),
          Map.entry("POST /api/suppressions", "{\"userIds\": [\"u\"], \"detail\": \"d\"}"));

  @Test
  void shouldRefuseEveryBadValueInEveryFieldByItsName() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id) values ('known');
        insert into shop.orders (order_id, user_id, amount) values ('known', 'known', 10);
        """);
    String before = contents();
    List<String> wrong =
        List.of(
            "{\"$gt\": 1}",
            "[[[]]]",
            "\"a\\u0000b\"",
            "\"\\ud800\"",
            "\"" + "x".repeat(20_000) + "\"",
            "1e999999999",
            "-99999999999999999999");
    for (Map.Entry<String, String> entry : GOOD.entrySet()) {
      String method = entry.getKey().split(" ", 2)[0];
      String path = entry.getKey().split(" ", 2)[1];
      ObjectNode good = (ObjectNode) json(entry.getValue());
      List<String> names = new ArrayList<>();
      good.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        for (String value : wrong) {
          StringBuilder body = new StringBuilder("{");
          for (String other : names) {
            body.append(body.length() == 1 ? "" : ",")
                .append('"')
                .append(other)
                .append("\":")
                .append(other.equals(name) ? value : good.get(other));
          }
          String shown = name + "=" + value.substring(0, Math.min(30, value.length()));
          HttpResponse<String> response = admin.send(method, path, body.append('}').toString());

          assertThat(response.statusCode())
              .as(entry.getKey() + " " + shown + " " + response.body())
              .isBetween(400, 499);
          assertThat(response.statusCode()).as(entry.getKey() + " " + shown).isNotEqualTo(429);
          JsonNode errors = json(response).path("errors");
          if (!errors.isMissingNode() && !errors.at("/0/field").textValue().isEmpty()) {
            assertThat(errors)
                .as(entry.getKey() + " " + shown)
                .anyMatch(error -> error.get("field").textValue().startsWith(name));
          }
        }
      }
    }
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void shouldRefuseBodiesThatAreNoObjects() throws Exception {
    String deep = "{\"name\":".repeat(2_000) + "1" + "}".repeat(2_000);
    for (String body :
        List.of("", "null", "[]", "7", "{", "{}{}", "{\"name\":1,\"name\":2}", deep, "\u00ff")) {
      HttpResponse<String> response = admin.post("/api/users", body);
      assertThat(response.statusCode()).as(body).isEqualTo(400);
    }
    String large = "{\"name\": \"" + "x".repeat(1_000_000) + "\"}";
    assertThat(admin.post("/api/users", large).statusCode()).isEqualTo(413);
    assertThat(admin.postForm("/api/users", "name=x").statusCode()).isEqualTo(415);
  }

  @Test
  void shouldStoreScriptsAndSqlAsTheTextThatTheyAre() throws Exception {
    for (String text :
        List.of(
            "<script>alert(1)</script>",
            "'; drop table shop.users; --",
            "${jndi:ldap://x}",
            "{{7*7}}",
            "\" onload=\"x")) {
      String body = JSON.createObjectNode().put("userId", text).put("name", text).toString();

      assertThat(admin.post("/api/users", body).statusCode()).as(text).isEqualTo(201);
      HttpResponse<String> read = admin.get("/api/users/" + encoded(text));
      assertThat(json(read).get("name").textValue()).isEqualTo(text);
      assertThat(read.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
      assertThat(
              json(admin.get("/api/users?search=" + encoded(text.split(" ", 2)[0]))).get("items"))
          .isNotEmpty();
    }
  }

  @Test
  void shouldRefuseEveryBadParameterByItsName() throws Exception {
    for (String parameter :
        List.of(
            "segment=x",
            "band=HEALTHY%00",
            "atRisk=1",
            "scoreMin=NaN",
            "scoreMin=1e9999",
            "scoreMax=101",
            "lastOrderFrom=yesterday",
            "lastOrderUntil=99999-01-01T00:00:00Z",
            "sort=user_id;drop",
            "order=sideways",
            "limit=0",
            "limit=100000",
            "limit=x",
            "cursor=e30",
            "cursor=%F0%9F",
            "format=xml",
            "count=2",
            "search=%00",
            "search=" + "x".repeat(300),
            "search=a+b+c+d+e+f",
            "unknown=1",
            "limit=1&limit=2")) {
      HttpResponse<String> response = admin.get("/api/users?" + parameter);
      assertThat(response.statusCode()).as(parameter + response.body()).isEqualTo(400);
      assertThat(json(response).at("/errors/0/field").textValue())
          .as(parameter)
          .isEqualTo(parameter.substring(0, parameter.indexOf('=')));
    }
    for (String path :
        List.of(
            "/api/users/" + "x".repeat(200),
            "/api/orders/" + "x".repeat(200),
            "/api/users/%00",
            "/api/users/..%2f..%2fetc%2fpasswd/history")) {
      // Some of these the server refuses before the API sees them.
      assertThat(
              HttpClient.newHttpClient()
                  .send(admin.request(path).build(), BodyHandlers.ofString())
                  .statusCode())
          .as(path)
          .isBetween(400, 404);
    }
    assertThat(
            admin.with("Idempotency-Key", "x".repeat(300)).post("/api/orders", "{}").statusCode())
        .isEqualTo(400);
  }

  /** A digest of all that a request could have changed. */
  private static String contents() throws Exception {
    return database.value(
        """
        select md5(concat(
          (select array_agg(u order by user_id) from shop.users u),
          (select array_agg(o order by order_id) from shop.orders o),
          (select array_agg(x order by user_id) from engagement.score_overrides x),
          (select array_agg(p order by policy_version) from engagement.scoring_policies p),
          (select array_agg(s) from engagement.outreach_settings s),
          (select array_agg(s order by user_id) from engagement.suppressions s),
          (select array_agg(a order by account_id)
            from (select account_id, email, role, password_hash from dashboard.accounts) a),
          (select array_agg(k order by key_id) from dashboard.api_keys k)))
        """);
  }
}
