package io.rekindle.dashboard.audiences;

import static io.rekindle.dashboard.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.DashboardTestBase;
import io.rekindle.dashboard.database.DashboardDatabase;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class AudienceRoutesITCase extends DashboardTestBase {

  private void clients() throws Exception {
    database.execute(
        """
        insert into shop.users (user_id, email, locale, marketing_consent)
        select 'u' || n, n || '@example.org', case when n < 4 then 'de-DE' else 'en' end, true
        from generate_series(0, 9) n;
        """);
  }

  @Test
  void shouldStoreAFilterUnderANameAndListByIt() throws Exception {
    clients();

    HttpResponse<String> created =
        admin.post(
            "/api/audiences", "{\"audience\": \"germans\", \"filter\": {\"country\": \"DE\"}}");

    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.headers().firstValue("Location")).contains("/api/audiences/germans");
    JsonNode listed = json(admin.get("/api/users?audience=germans&count=true&sort=name"));
    assertThat(listed.get("total").intValue()).isEqualTo(4);
    assertThat(listed.get("items").findValuesAsText("userId"))
        .containsExactlyInAnyOrder("u0", "u1", "u2", "u3");
    assertThat(json(admin.get("/api/users?audience=germans&search=u1")).get("items")).hasSize(1);
    assertThat(admin.get("/clients?audience=germans").body())
        .contains("3@example.org", "Audience germans");
    assertThat(admin.get("/api/users?audience=none").statusCode()).isEqualTo(400);
    assertThat(json(admin.get("/api/audiences")).at("/items/0/filter/country").textValue())
        .isEqualTo("DE");
  }

  @Test
  void shouldNameTheMistakesOfAFilter() throws Exception {
    JsonNode problem =
        json(
            admin.post(
                "/api/audiences",
                "{\"audience\": \"A b\", \"filter\": {\"country\": \"Germany\", \"colour\": 1}}"));

    assertThat(problem.get("errors").findValuesAsText("field"))
        .containsExactlyInAnyOrder("audience", "filter.country", "filter.colour");
  }

  @Test
  void shouldTellTheSecondOfTwoWhoChangeAnAudience() throws Exception {
    admin.post("/api/audiences", "{\"audience\": \"a\", \"filter\": {}}");
    String version = admin.get("/api/audiences/a").headers().firstValue("ETag").orElseThrow();
    String change = "{\"description\": \"d\", \"filter\": {\"consent\": true}}";

    assertThat(admin.with("If-Match", version).put("/api/audiences/a", change).statusCode())
        .isEqualTo(200);
    assertThat(admin.with("If-Match", version).put("/api/audiences/a", change).statusCode())
        .isEqualTo(412);
    assertThat(admin.post("/api/audiences", "{\"audience\": \"a\", \"filter\": {}}").statusCode())
        .isEqualTo(409);
    assertThat(admin.get("/api/audit-log?limit=1").body()).contains("AUDIENCE", "consent");
  }

  @Test
  void shouldNoteWhoEntersAndLeaves() throws Exception {
    clients();
    admin.post("/api/audiences", "{\"audience\": \"germans\", \"filter\": {\"country\": \"DE\"}}");
    update();
    database.execute(
        """
        update shop.users set locale = 'en' where user_id = 'u0';
        update shop.users set locale = 'de-DE' where user_id = 'u9';
        delete from shop.users where user_id = 'u1';
        """);
    update();
    update();

    assertThat(json(admin.get("/api/audiences/germans")).get("members").intValue()).isEqualTo(3);
    assertThat(changes())
        .containsExactlyInAnyOrder(
            "u0 ENTERED",
            "u1 ENTERED",
            "u2 ENTERED",
            "u3 ENTERED",
            "u9 ENTERED",
            "u0 LEFT",
            "u1 LEFT");
    assertThat(json(admin.get("/api/audiences/germans/changes?limit=3")).get("items")).hasSize(3);

    assertThat(admin.delete("/api/audiences/germans").statusCode()).isEqualTo(204);
    assertThat(admin.delete("/api/audiences/germans").statusCode()).isEqualTo(404);
    assertThat(changes()).hasSize(10);
    assertThat(database.value("select count(*) from engagement.audience_members")).isEqualTo("0");
  }

  /** Whoever evaluates, edits, deletes, creates anew or erases at the same time. */
  @Test
  void shouldTakeTurnsOfEnteringAndLeaving() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    ExecutorService others = Executors.newFixedThreadPool(2);
    collectChanges();
    try (DashboardDatabase api = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      Jdbi jdbi = api.unlimited();
      database.execute(
          "insert into shop.users (user_id, locale)"
              + " select 't' || n, 'de' from generate_series(1, 20) n");
      for (int round = 0; round < 40; round++) {
        makeAllDue();
        Future<?> first = others.submit(() -> updateDue(jdbi));
        Future<?> second = others.submit(() -> updateDue(jdbi));
        String user = "'t" + (1 + random.nextInt(20)) + "'";
        switch (random.nextInt(5)) {
          case 0 -> admin.post("/api/audiences", "{\"audience\": \"turns\", \"filter\": {}}");
          case 1 -> admin.delete("/api/audiences/turns");
          case 2 ->
              admin.put(
                  "/api/audiences/turns",
                  random.nextBoolean()
                      ? "{\"filter\": {\"language\": \"de\"}}"
                      : "{\"filter\": {\"consent\": true}}");
          case 3 -> database.value("select engagement.erase_user(" + user + ")");
          default ->
              database.execute(
                  "update shop.users set locale = 'en', marketing_consent = not marketing_consent"
                      + " where user_id <= "
                      + user);
        }
        first.get();
        second.get();
        assertTurns("seed " + seed + ", round " + round);
      }
    } finally {
      others.shutdownNow();
    }
  }

  /** An evaluation that is entering a person holds up who erases them. */
  @Test
  void shouldTellConsumersThatAPersonLeftWhoWasErasedWhileEntering() throws Exception {
    clients();
    admin.post("/api/audiences", "{\"audience\": \"all\", \"filter\": {}}");
    collectChanges();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (DashboardDatabase api = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      Future<String> erasure =
          api.unlimited()
              .inTransaction(
                  handle -> {
                    // Locks the audience, so that the dashboard's own loop does not enter the
                    // person.
                    handle.execute("update engagement.audiences set computed_at = null");
                    database.execute("insert into shop.users (user_id) values ('u10')");
                    assertThat(AudienceLoop.updateNext(handle)).isTrue();
                    Future<String> begun =
                        other.submit(() -> database.value("select engagement.erase_user('u10')"));
                    awaitDoneOrLocked(begun);
                    return begun;
                  });
      erasure.get();

      assertTurns("erased while entering");
      assertThat(
              database.value(
                  "select string_agg(change, ' ' order by change_id) from collected"
                      + " where user_id = 'u10'"))
          .isEqualTo("ENTERED LEFT");
    } finally {
      other.shutdownNow();
    }
  }

  /** No evaluation begins while a person is being erased, and no audience comes. */
  @Test
  void shouldNotEnterAPersonWhoIsBeingErased() throws Exception {
    clients();
    admin.post("/api/audiences", "{\"audience\": \"all\", \"filter\": {}}");
    collectChanges();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (DashboardDatabase api = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      Future<?> created =
          Jdbi.create(database::connect)
              .inTransaction(
                  handle -> {
                    handle.execute("select engagement.erase_user('u3')");
                    Future<?> begun =
                        other.submit(
                            () ->
                                admin.post(
                                    "/api/audiences", "{\"audience\": \"late\", \"filter\": {}}"));
                    awaitDoneOrLocked(begun);
                    updateDue(api.unlimited());
                    return begun;
                  });
      created.get();

      assertTurns("entered while being erased");
      update();
      assertTurns("evaluated after the erasure");
    } finally {
      other.shutdownNow();
    }
  }

  /** Until a task is done, or a statement of this database waits for a lock. */
  private void awaitDoneOrLocked(Future<?> task) throws SQLException {
    while (!task.isDone()
        && database
            .value(
                "select count(*) from pg_stat_activity"
                    + " where datname = current_database() and wait_event_type = 'Lock'")
            .equals("0")) {
      Thread.onSpinWait();
    }
  }

  /** From now on the table collected keeps each change, as consumers of the events have it. */
  private void collectChanges() throws Exception {
    database.execute(
        """
        drop table if exists collected;
        create table collected as select * from engagement.audience_changes;
        create or replace function collect() returns trigger language plpgsql security definer as $$
        begin
          insert into public.collected select new.*;
          return null;
        end $$;
        create or replace trigger collect after insert on engagement.audience_changes
          for each row execute function collect();
        """);
  }

  /** By what consumers got, both changes take turns, and members are those who entered last. */
  private void assertTurns(String when) throws Exception {
    assertThat(
            database.value(
                """
                select string_agg(concat_ws(' ', user_id, change_id, change), ', ')
                from (
                  select *, lag(change, 1, 'LEFT') over w as before
                  from collected
                  window w as (partition by audience, user_id order by change_id)) c
                where change = before
                """))
        .as("changes out of turn, %s", when)
        .isNull();
    assertThat(
            database.value(
                """
                select string_agg(user_id, ', ')
                from (
                  select distinct on (audience, user_id) audience, user_id, change
                  from collected
                  order by audience, user_id, change_id desc) last
                full join engagement.audience_members using (audience, user_id)
                where (change is not distinct from 'ENTERED') <> (entered_at is not null)
                """))
        .as("members by the changes alone, %s", when)
        .isNull();
    assertThat(
            database.value(
                """
                select string_agg(user_id, ', ')
                from (
                  select user_id from engagement.audience_changes
                  union select user_id from engagement.audience_members) kept
                join engagement.suppressions using (user_id)
                """))
        .as("rows of erased people, %s", when)
        .isNull();
  }

  @Test
  void shouldTellWhoWasInAnAudienceAtTheEndOfAPastDay() throws Exception {
    clients();
    admin.post("/api/audiences", "{\"audience\": \"germans\", \"filter\": {\"country\": \"DE\"}}");
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    HttpResponse<String> early =
        admin.get("/api/audiences/germans/members?on=" + today.minusDays(1));
    assertThat(early.statusCode()).isEqualTo(400);
    assertThat(early.body()).contains("\"on\"", "no day of this audience is over");
    assertThat(admin.get("/audiences/germans").statusCode()).isEqualTo(200);
    update();
    // Ten days ago u0 to u3 entered. Six days ago u0 left and u9 entered, four days ago u0 came
    // back. Eight, seven and five days ago the dashboard was off.
    database.execute(
        """
        update engagement.audiences
          set created_at = now() - interval '11 days', filter_since = now() - interval '11 days';
        update engagement.audience_members set entered_at = now() - interval '10 days';
        update engagement.audience_changes set changed_at = now() - interval '10 days';
        update engagement.audience_members set entered_at = now() - interval '4 days'
        where user_id = 'u0';
        insert into engagement.audience_members (audience, user_id, entered_at)
        values ('germans', 'u9', now() - interval '6 days');
        insert into engagement.audience_changes (audience, user_id, change, changed_at)
        values ('germans', 'u0', 'LEFT', now() - interval '6 days'),
          ('germans', 'u9', 'ENTERED', now() - interval '6 days'),
          ('germans', 'u0', 'ENTERED', now() - interval '4 days');
        insert into engagement.audience_days (audience, day, evaluated_at, members)
        select 'germans', (now() at time zone 'UTC')::date - ago, now() - ago * interval '1 day',
          case when ago > 4 then 4 else 5 end
        from unnest(array[100, 10, 9, 6, 4]) ago;
        """);

    assertThat(members("?on=" + today.minusDays(10)))
        .containsExactlyInAnyOrder("u0", "u1", "u2", "u3");
    assertThat(members("?on=" + today.minusDays(6)))
        .containsExactlyInAnyOrder("u1", "u2", "u3", "u9");
    assertThat(members("?on=" + today.minusDays(4)))
        .containsExactlyInAnyOrder("u0", "u1", "u2", "u3", "u9");
    assertThat(members("")).containsExactlyInAnyOrder("u0", "u1", "u2", "u3", "u9");
    String six = "/api/audiences/germans/members?on=" + today.minusDays(6);
    assertThat(json(admin.get(six + "&limit=3")).get("items")).hasSize(3);
    String cursor = json(admin.get(six + "&limit=3")).get("nextCursor").textValue();
    assertThat(json(admin.get(six + "&limit=3&cursor=" + cursor)).get("items")).hasSize(1);
    assertThat(admin.get(six + "&format=csv").body().lines()).hasSize(5);
    assertThat(admin.get("/audiences/germans?on=" + today.minusDays(6)).body())
        .contains("9@example.org", "4 of 4 clients")
        .doesNotContain("0@example.org", "older-filter");
    assertThat(admin.get("/audiences/germans?on=" + today).statusCode()).isEqualTo(400);
    assertThat(admin.get(six.replace("on=", "on=x")).statusCode()).isEqualTo(400);
    HttpResponse<String> unknown =
        admin.get("/api/audiences/germans/members?on=" + today.minusDays(7));
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body())
        .contains(
            "on which the audience was evaluated: %s to %s, %s, %s."
                .formatted(
                    today.minusDays(10),
                    today.minusDays(9),
                    today.minusDays(6),
                    today.minusDays(4)));
    assertThat(admin.get("/audiences/germans?on=" + today.minusDays(7)).statusCode())
        .isEqualTo(400);
    for (String address : List.of("/api/audiences/none/members", "/api/audiences/none/days")) {
      assertThat(admin.get(address).statusCode()).isEqualTo(404);
    }
    assertThat(admin.get("/audiences/none").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldSayOfWhichDaysTheFilterWasAnother() throws Exception {
    clients();
    admin.post("/api/audiences", "{\"audience\": \"germans\", \"filter\": {\"country\": \"DE\"}}");
    update();
    database.execute(
        """
        update engagement.audiences set filter_since = now() - interval '9 days';
        update engagement.audience_days
          set day = day - 3, evaluated_at = evaluated_at - interval '3 days';
        """);
    String day = "/audiences/germans?on=" + LocalDate.now(ZoneOffset.UTC).minusDays(3);
    assertThat(days("olderFilter")).containsExactly("false");
    assertThat(days("members")).containsExactly("4");

    change("{\"description\": \"d\", \"filter\": {\"country\": \"DE\"}}");
    assertThat(days("olderFilter")).as("another description alone").containsExactly("false");
    assertThat(admin.get(day).body()).doesNotContain("older-filter");

    change("{\"filter\": {\"consent\": true}}");
    assertThat(days("olderFilter")).containsExactly("true");
    assertThat(admin.get(day).body()).contains("older-filter", "The filter was changed on");
    update();
    assertThat(days("olderFilter")).as("today is not over").containsExactly("true");
    assertThat(admin.get("/audiences/germans").body()).doesNotContain("older-filter");
  }

  private void change(String body) throws Exception {
    String version = admin.get("/api/audiences/germans").headers().firstValue("ETag").orElseThrow();
    assertThat(admin.with("If-Match", version).put("/api/audiences/germans", body).statusCode())
        .isEqualTo(200);
  }

  /** A filter that this version of the dashboard cannot read leaves the day unknown. */
  @Test
  void shouldNotCountAnEvaluationThatFailed() throws Exception {
    admin.post("/api/audiences", "{\"audience\": \"old\", \"filter\": {}}");
    database.execute(
        "delete from engagement.audience_days;"
            + " update engagement.audiences set filter = '{\"colour\": \"red\"}'");

    update();

    assertThat(database.value("select count(*) from engagement.audience_days")).isEqualTo("0");
    assertThat(database.value("select computed_at is not null from engagement.audiences"))
        .isEqualTo("t");
  }

  private List<String> days(String field) throws Exception {
    return json(admin.get("/api/audiences/germans/days")).get("items").findValuesAsText(field);
  }

  private List<String> members(String query) throws Exception {
    return json(admin.get("/api/audiences/germans/members" + query))
        .get("items")
        .findValuesAsText("userId");
  }

  private List<String> changes() throws Exception {
    return json(admin.get("/api/audiences/germans/changes?limit=200"))
        .get("items")
        .valueStream()
        .map(item -> item.get("userId").textValue() + " " + item.get("change").textValue())
        .toList();
  }

  /** As the loop does, whose next round may be a minute away. */
  private void update() throws Exception {
    makeAllDue();
    try (DashboardDatabase api = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      updateDue(api.unlimited());
    }
  }

  private void makeAllDue() throws Exception {
    database.execute("update engagement.audiences set computed_at = null");
  }

  private static void updateDue(Jdbi jdbi) {
    while (jdbi.inTransaction(AudienceLoop::updateNext)) {
      Thread.onSpinWait();
    }
  }
}
