package io.rekindle.dashboard.clients;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Lists of clients as of a past day. SegmentNumbersITCase holds them to SQL. */
class PastClientsITCase extends DashboardTestBase {

  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

  private void history() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, name, locale, created_at)
        select 'u' || n, n || '@example.org', 'Client ' || n, case when n < 4 then 'de-DE' else 'en' end,
               now() - n * interval '1 hour' from generate_series(0, 9) n;
        select engagement.ensure_score_history(now() - interval '40 days', now());
        insert into engagement.score_history
          (user_id, as_of, revision, score, band, segment, at_risk, cause, policy_version)
        select 'u' || n, now() - days * interval '1 day', 1, case days when 30 then 80 else 30 end,
               case days when 30 then 'HEALTHY' else 'LOW' end,
               case days when 30 then 'LOYAL' else 'CANT_LOSE' end, days <> 30, 'TIME', 'cadence-v1'
        from generate_series(0, 9) n, unnest(array[30, 5]) days where days = 30 or n < 6;
        """);
  }

  private static String errors(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    StringBuilder errors = new StringBuilder();
    for (JsonNode error : json(response).get("errors")) {
      errors.append(
          error.get("field").textValue() + ": " + error.get("message").textValue() + "\n");
    }
    return errors.toString();
  }

  @Test
  void shouldListTheClientsOfAPastDay() throws Exception {
    history();
    String before = "/api/users?on=" + today.minusDays(10);
    String after = "/api/users?on=" + today.minusDays(2);

    assertThat(json(admin.get(before + "&segment=LOYAL&count=true")).get("total").intValue())
        .isEqualTo(10);
    JsonNode left = json(admin.get(after + "&atRisk=true&country=DE&order=asc"));
    assertThat(left.get("items").findValuesAsText("userId"))
        .containsExactly("u3", "u2", "u1", "u0");
    assertThat(left.at("/items/0/engagementScore").intValue()).isEqualTo(30);
    assertThat(left.at("/items/0/reconstructed").booleanValue()).isFalse();
    String moved = "&segment=CANT_LOSE&movedFrom=LOYAL&movedFromDay=" + today.minusDays(10);
    assertThat(json(admin.get(after + moved)).get("items")).hasSize(6);
    assertThat(admin.get(after + moved + "&format=csv").body().lines()).hasSize(7);
    assertThat(admin.get((after + moved).replace("/api/users", "/clients")).body())
        .contains("Client 5", "From Loyal on")
        .doesNotContain("Client 6");
  }

  @Test
  void shouldRefuseWhatThePastDoesNotKnow() throws Exception {
    history();
    String day = "/api/users?on=" + today.minusDays(2);

    assertThat(errors(admin.get(day + "&consent=true&lastOrderDaysMin=3&sort=score")))
        .contains(
            "consent: is not known of a past day. Leave it out, or leave out \"on\".",
            "lastOrderDaysMin: is not known of a past day.",
            "sort: has to be createdAt");
    assertThat(errors(admin.get("/api/users?on=" + today)))
        .contains("on: has to be from " + today.minusDays(30) + " to " + today.minusDays(1));
    assertThat(errors(admin.get("/api/users?on=yesterday"))).contains("on: has to be a date");
    assertThat(errors(admin.get(day + "&movedFrom=LOYAL"))).contains("movedFromDay: is required");
    assertThat(errors(admin.get(day + "&movedFrom=LOYAL&movedFromDay=" + today.minusDays(1))))
        .contains("movedFromDay: has to be before on.");
    assertThat(errors(admin.get("/api/users?movedFrom=LOYAL")))
        .contains("movedFrom: is not a parameter");
    assertThat(admin.get(day.replace("/api/users", "/clients") + "&reason=STALE").statusCode())
        .isEqualTo(400);
    assertThat(admin.get("/clients?on=" + today).statusCode()).isEqualTo(400);
    String cursor = json(admin.get(day + "&limit=2")).get("nextCursor").textValue();
    assertThat(admin.get("/api/users?on=" + today.minusDays(3) + "&cursor=" + cursor).statusCode())
        .isEqualTo(400);
  }

  @Test
  void shouldRefuseDaysBetweenWhichNothingCanMove() throws Exception {
    history();
    String movement = "/api/movement?from=%s&to=%s";

    assertThat(errors(admin.get("/api/movement"))).contains("from: is required", "to: is required");
    assertThat(errors(admin.get(movement.formatted(today.minusDays(3), today.minusDays(3)))))
        .contains("to: has to be after from.");
    assertThat(errors(admin.get(movement.formatted(today.minusDays(99), today))))
        .contains("from: has to be from", "to: has to be from");
    JsonNode counted = json(admin.get(movement.formatted(today.minusDays(10), today.minusDays(2))));
    assertThat(counted.get("stayed").intValue()).isEqualTo(4);
    assertThat(counted.at("/transfers/0/clients").intValue()).isEqualTo(6);
    assertThat(admin.get("/api/order-months?days=8").statusCode()).isEqualTo(400);
    assertThat(admin.get("/segments?from=" + today).statusCode()).isEqualTo(400);
    assertThat(admin.get("/segments?from=" + today.minusDays(1)).statusCode()).isEqualTo(400);
  }

  @Test
  void shouldSayThatNoPastDayIsKnown() throws Exception {
    assertThat(errors(admin.get("/api/users?on=" + today.minusDays(1))))
        .contains("on: no score of a day before today is known.");
    assertThat(admin.get("/segments").body()).contains("There are none yet.");
    assertThat(admin.get("/clients").body()).doesNotContain("id=\"clients-on\"");
  }
}
