package io.rekindle.dashboard.web;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.HandlerType;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP says of every address alike: versions, methods, places and the next page. */
class HttpSemanticsITCase extends DashboardTestBase {

  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

  /** An address that people edit, with two changes of it. */
  private record Edited(String path, String first, String second) {}

  private List<Edited> edited() throws Exception {
    String account =
        json(admin.post(
                "/api/accounts",
                "{\"email\": \"b@shop.example\", \"role\": \"VIEWER\", \"password\": \"correct horse battery\"}"))
            .get("accountId")
            .textValue();
    admin.post("/api/users", "{\"userId\": \"u1\", \"name\": \"Ada\"}");
    admin.post("/api/orders", "{\"orderId\": \"o1\", \"userId\": \"u1\", \"amount\": 10}");
    ObjectNode draft = (ObjectNode) json(ScoringPolicy.byDefault().json());
    draft.put("version", "draft-1");
    admin.post("/api/policies", "{\"document\": " + draft + "}");
    String first = draft.put("description", "1").toString();
    String second = draft.put("description", "2").toString();
    return List.of(
        new Edited("/api/outreach-settings", "{\"dailyCap\": 7}", "{\"dailyCap\": 8}"),
        new Edited("/api/fit-settings", "{\"activate\": true}", "{\"activate\": false}"),
        new Edited("/api/accounts/" + account, "{\"role\": \"ANALYST\"}", "{\"role\": \"ADMIN\"}"),
        new Edited("/api/users/u1", "{\"name\": \"Eve\"}", "{\"name\": \"Ann\"}"),
        new Edited("/api/orders/o1", "{\"refundedAmount\": 1}", "{\"refundedAmount\": 2}"),
        new Edited(
            "/api/policies/draft-1",
            "{\"document\": " + first + "}",
            "{\"document\": " + second + "}"));
  }

  @Test
  void shouldTellTheSecondOfTwoWhoChangeTheSame() throws Exception {
    for (Edited edited : edited()) {
      String read = version(admin.get(edited.path()));
      assertThat(read).as(edited.path()).matches("\"[0-9a-f]{24}\"");
      assertThat(version(admin.get(edited.path()))).isEqualTo(read);

      HttpResponse<String> first = admin.with("If-Match", read).put(edited.path(), edited.first());
      assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
      String written = version(first);
      assertThat(written).as(edited.path()).isNotEqualTo(read);
      assertThat(version(admin.get(edited.path()))).isEqualTo(written);

      HttpResponse<String> second =
          admin.with("If-Match", read).put(edited.path(), edited.second());
      assertThat(second.statusCode()).as(edited.path()).isEqualTo(412);
      assertThat(json(second).get("code").textValue()).isEqualTo("CHANGED_MEANWHILE");
      assertThat(version(admin.get(edited.path()))).isEqualTo(written);

      assertThat(
              admin
                  .with("If-Match", read + ", " + written)
                  .put(edited.path(), edited.second())
                  .statusCode())
          .isEqualTo(200);
      assertThat(admin.with("If-Match", "*").put(edited.path(), edited.first()).statusCode())
          .isEqualTo(200);
      assertThat(admin.put(edited.path(), edited.second()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldAnswerHeadAsGetWithoutABody() throws Exception {
    edited();
    for (Router.Route route : dashboard.dashboard().routes()) {
      if (!route.method().equals(HandlerType.GET)
          || route.path().contains("{")
          || route.path().equals("/sign-in")) {
        continue;
      }
      HttpResponse<String> head = admin.send("HEAD", route.path(), null);
      assertThat(head.body()).as(route.path()).isEmpty();
      if (!route.path().equals("/api/events")) {
        assertThat(head.statusCode())
            .as(route.path())
            .isEqualTo(admin.get(route.path()).statusCode());
      }
      HttpResponse<String> unknown = dashboard.anonymous().send("HEAD", route.path(), null);
      assertThat(unknown.statusCode())
          .as(route.path())
          .isEqualTo(
              route.path().equals("/api/events")
                  ? 401
                  : dashboard.anonymous().get(route.path()).statusCode());
    }
  }

  @Test
  void shouldNameTheMethodsOfAnAddress() throws Exception {
    HttpResponse<String> refused = admin.send("PATCH", "/api/outreach-settings", "{}");
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow").orElseThrow().split(", "))
        .containsExactlyInAnyOrder("GET", "HEAD", "PUT");
    assertThat(json(refused).get("code").textValue()).isEqualTo("METHOD_NOT_ALLOWED");
  }

  @Test
  void shouldSayWhereWhatItCreatedIs() throws Exception {
    for (Edited edited : edited()) {
      assertThat(admin.get(edited.path()).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> order =
        admin.post("/api/orders", "{\"orderId\": \"a b\", \"userId\": \"u1\", \"amount\": 1}");
    assertThat(order.headers().firstValue("Location")).hasValue("/api/orders/a%20b");
    HttpResponse<String> user = admin.post("/api/users", "{\"name\": \"Eve\"}");
    assertThat(json(admin.get(user.headers().firstValue("Location").orElseThrow())).get("name"))
        .isEqualTo(json(user).get("name"));
    HttpResponse<String> key =
        admin.post("/api/api-keys", "{\"name\": \"k\", \"scopes\": [\"read\"]}");
    assertThat(admin.delete(key.headers().firstValue("Location").orElseThrow()).statusCode())
        .isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/users?search=client&sort=name&limit=3", "/api/audit-log?limit=3"})
  void shouldLinkToTheNextPageUntilTheLast(String first) throws Exception {
    for (int i = 0; i < 7; i++) {
      admin.post("/api/users", "{\"userId\": \"u%d\", \"name\": \"client %d\"}".formatted(i, i));
    }
    List<String> linked = new ArrayList<>();
    List<String> byCursor = new ArrayList<>();
    String link = first;
    String cursor = "";
    while (link != null) {
      HttpResponse<String> page = admin.get(link);
      json(page).get("items").forEach(item -> linked.add(item.toString()));
      json(admin.get(first + cursor)).get("items").forEach(item -> byCursor.add(item.toString()));
      link =
          page.headers()
              .firstValue("Link")
              .map(NEXT::matcher)
              .filter(Matcher::matches)
              .map(matcher -> matcher.group(1))
              .orElse(null);
      JsonNode next = json(page).get("nextCursor");
      assertThat(link == null).isEqualTo(next.isNull());
      cursor = "&cursor=" + next.textValue();
    }
    assertThat(linked).isEqualTo(byCursor).doesNotHaveDuplicates();
    assertThat(linked).hasSizeGreaterThanOrEqualTo(7);
  }

  @Test
  void shouldGiveEveryProblemACode() throws Exception {
    List<String> codes = new ArrayList<>();
    for (HttpResponse<String> problem :
        List.of(
            admin.get("/api/users?limit=0"),
            dashboard.anonymous().get("/api/users"),
            admin.without("X-CSRF-Token").put("/api/fit-settings", "{\"activate\": true}"),
            admin.get("/api/users/nobody"),
            admin.post("/api/policies/rollback", null))) {
      codes.add(problem.statusCode() + " " + json(problem).path("code").asText());
    }
    admin.post("/api/users", "{\"userId\": \"u1\"}");
    HttpResponse<String> taken = admin.post("/api/users", "{\"userId\": \"u1\"}");
    codes.add(taken.statusCode() + " " + json(taken).get("code").textValue());
    assertThat(codes)
        .containsExactly(
            "400 INVALID",
            "401 NOT_SIGNED_IN",
            "403 NOT_ALLOWED",
            "404 NOT_FOUND",
            "409 CONFLICT",
            "409 TAKEN");
  }

  private static String version(HttpResponse<String> response) {
    return response.headers().firstValue("ETag").orElse(null);
  }
}
