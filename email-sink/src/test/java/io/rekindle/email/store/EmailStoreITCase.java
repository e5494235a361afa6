package io.rekindle.email.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.schema.Migrations;
import io.rekindle.email.Brand;
import io.rekindle.email.CheckResult;
import io.rekindle.email.Colour;
import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.EmailRequests;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.store.EmailStore.Outcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EmailStoreITCase {

  private static final Duration EXPIRY = Duration.ofDays(3);

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    Migrations.apply(postgres.getPostgresDatabase());
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void clear() throws SQLException {
    execute(
        "truncate engagement.emails, shop.users, engagement.suppressions,"
            + " engagement.outreach_decisions cascade");
    execute("insert into shop.users (user_id) values ('u1')");
  }

  @Test
  void shouldStoreAllThatIsKnownOfAnEmail() throws Exception {
    try (EmailStore store = store()) {
      WrittenEmail written =
          new WrittenEmail(
              email("Hello"),
              WrittenEmail.LLM,
              null,
              "asked",
              "served",
              "winback-v1",
              "email-v1",
              "json_schema max_tokens system_turn",
              900,
              300,
              new BigDecimal("0.0011"),
              1_234L,
              2,
              List.of(
                  new CheckResult("no-price", true, null),
                  new CheckResult("x", false, "a\u0000\"b")));
      assertThat(store.exists("e1").join()).isFalse();
      assertThat(store.insert(request("e1"), written, "winter", new BigDecimal("41.5")).join())
          .isEqualTo(Outcome.WRITTEN);
      assertThat(store.exists("e1").join()).isTrue();

      assertThat(
              row(
                  "select concat_ws('|', email_id, episode_id, decision_id, user_id, subject,"
                      + " status, generated_by, fallback_reason, model_asked, model,"
                      + " prompt_version, schema_version, request_form, prompt_tokens, completion_tokens,"
                      + " cost_usd, latency_ms, calls, checks->0->>'check', checks->1->>'detail',"
                      + " experiment_id, variant, engagement_score_at_time)"
                      + " from engagement.emails"))
          .isEqualTo(
              "e1|e1|e1|u1|Hello|READY|LLM|asked|served|winback-v1|email-v1"
                  + "|json_schema max_tokens system_turn|900|300|0.0011|1234|2"
                  + "|no-price|a\"b|winter|friendly|41.5");
    }
  }

  @Test
  void shouldKnowWhoHasWithdrawnSinceTheDecision() throws Exception {
    execute("truncate shop.users");
    execute(
        "insert into shop.users (user_id, email, marketing_consent) select 'u' || n, 'u' || n"
            + " || '@example.com', n <> 2 from generate_series(1, 8) n");
    execute("insert into engagement.suppressions (user_id, reason) values ('u3', 'UNSUBSCRIBED')");
    execute(
        "insert into engagement.suppressions (user_id, address, reason)"
            + " values ('u4', 'U4@example.com', 'BOUNCED'), ('u5', 'old@example.com', 'BOUNCED')");
    execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, policy_version, inputs)"
            + " values ('e6', 'e6', 'u6', 'HOLDOUT', 'AT_RISK', now(), 'p', '{}')");
    Instant expired = Instant.now().minus(Duration.ofHours(73));
    try (EmailStore store = store()) {
      List<String> contactable = new ArrayList<>();
      for (int user = 1; user <= 9; user++) {
        Instant decidedAt = user == 8 ? expired : Instant.now();
        if (store.mayContact("e" + user, "u" + user, decidedAt).join()) {
          contactable.add("u" + user);
        }
      }
      assertThat(contactable).containsExactly("u1", "u5", "u7");
    }
  }

  @Test
  void shouldKeepTheFirstText() throws Exception {
    try (EmailStore store = store()) {
      assertThat(store.insert(request("e1"), written("First"), null, null).join())
          .isEqualTo(Outcome.WRITTEN);
      assertThat(store.insert(request("e1"), written("Second"), null, null).join())
          .isEqualTo(Outcome.REPEATED);
      assertThat(row("select subject from engagement.emails")).isEqualTo("First");
    }
  }

  @Test
  void shouldLetOneWinOfManyAtOnce() throws Exception {
    try (EmailStore store = store();
        EmailStore other = store()) {
      List<CompletableFuture<Outcome>> inserts = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        EmailStore either = i % 2 == 0 ? store : other;
        inserts.add(either.insert(request("e" + i % 500), written("S" + i), null, null));
      }
      assertThat(inserts.stream().filter(insert -> insert.join() == Outcome.WRITTEN)).hasSize(500);
      assertThat(row("select count(*) from engagement.emails")).isEqualTo("500");
    }
  }

  @Test
  void shouldOnlyFailTheRowThatTheDatabaseRefuses() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (EmailStore store =
        new EmailStore(
            () -> {
              await(go);
              return connect();
            },
            1,
            Duration.ofSeconds(20),
            EXPIRY)) {
      // The first opens the connection; the others wait for it together.
      CompletableFuture<Boolean> first = store.exists("e0");
      CompletableFuture<Outcome> good = store.insert(request("e1"), written("Good"), null, null);
      CompletableFuture<Outcome> bad =
          store.insert(
              request("e2"),
              new WrittenEmail(
                  email("Bad"),
                  "NOBODY",
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  0,
                  0,
                  List.of()),
              null,
              null);
      CompletableFuture<Outcome> alsoGood =
          store.insert(request("e3"), written("Also good"), null, null);
      go.countDown();

      assertThat(first.join()).isFalse();
      assertThat(good.join()).isEqualTo(Outcome.WRITTEN);
      assertThat(alsoGood.join()).isEqualTo(Outcome.WRITTEN);
      assertThatThrownBy(bad::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(SQLException.class)
          .hasMessageContaining("generated_by");
    }
  }

  @Test
  void shouldNotBringBackWhoIsGone() throws Exception {
    execute("insert into shop.users (user_id) values ('back')");
    execute(
        "insert into engagement.suppressions (user_id, address, reason) values"
            + " ('back', null, 'MANUAL'), ('u1', 'u1@example.com', 'BOUNCED')");
    execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, policy_version, inputs)"
            + " values ('e2', 'e2', 'pseudonym', 'EMAIL', 'AT_RISK', now(), 'p', '{}')");
    try (EmailStore store = store()) {
      assertThat(insert(store, "e1", "u1")).isEqualTo(Outcome.WRITTEN);
      assertThat(insert(store, "e2", "back")).isEqualTo(Outcome.CANCELLED);
      assertThat(insert(store, "e3", "gone")).isEqualTo(Outcome.CANCELLED);
      assertThat(insert(store, "e3", "gone")).isEqualTo(Outcome.REPEATED);
    }
    assertThat(
            row(
                "select string_agg(concat_ws('|', episode_id, left(user_id, 9), status,"
                    + " status_reason, subject, preheader, html, text, checks), ' ' order by 1)"
                    + " from engagement.emails where status = 'CANCELLED'"))
        .isEqualTo(
            "e2|pseudonym|CANCELLED|SUPPRESSED|||||[] e3|erased-"
                + row("select substr(user_id, 8, 2) from engagement.emails where episode_id = 'e3'")
                + "|CANCELLED|USER_REMOVED|||||[]");
  }

  @Test
  void shouldLetAnErasureWaitForAnEmailThatIsBeingInserted() throws Exception {
    try (Connection inserting = connect();
        Statement statement = inserting.createStatement()) {
      inserting.setAutoCommit(false);
      statement.execute("select engagement.lock_recipients('{u1}')");
      statement.execute(
          "insert into engagement.emails (email_id, episode_id, user_id, text)"
              + " values ('e1', 'e1', 'u1', 'Dear Ada')");
      CompletableFuture<String> erasure =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return row("select engagement.erase_user('u1')");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      while (row("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
          .equals("0")) {
        assertThat(erasure).isNotDone();
        Thread.onSpinWait();
      }
      inserting.commit();
      assertThat(erasure.get()).as("the user and the email").isEqualTo("2");
    }
    assertThat(row("select status || text from engagement.emails")).isEqualTo("CANCELLED");
  }

  @Test
  void shouldPutAnEmailThatWaitedForAnErasureUnderThePseudonym() throws Exception {
    execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, policy_version, inputs)"
            + " values ('e1', 'e1', 'u1', 'EMAIL', 'AT_RISK', now(), 'p', '{}')");
    try (EmailStore store = store();
        Connection erasing = postgres.getPostgresDatabase().getConnection();
        Statement statement = erasing.createStatement()) {
      erasing.setAutoCommit(false);
      statement.execute("select engagement.erase_user('u1')");
      CompletableFuture<Outcome> inserted =
          CompletableFuture.supplyAsync(() -> insert(store, "e1", "u1"));
      while (row("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
          .equals("0")) {
        assertThat(inserted).isNotDone();
        Thread.onSpinWait();
      }
      erasing.commit();
      assertThat(inserted.get()).isEqualTo(Outcome.CANCELLED);
    }
    assertThat(row("select user_id from engagement.emails"))
        .startsWith("erased-")
        .isEqualTo(row("select user_id from engagement.outreach_decisions"));
  }

  @Test
  void shouldOutliveLostConnectionsAndADatabaseThatIsAwayForAWhile() throws Exception {
    AtomicInteger refusals = new AtomicInteger();
    try (EmailStore store =
        new EmailStore(
            () -> {
              if (refusals.getAndDecrement() > 0) {
                throw new SQLException("the database system is starting up", "57P03");
              }
              return connect();
            },
            2,
            Duration.ofSeconds(30),
            EXPIRY)) {
      List<CompletableFuture<Outcome>> inserts = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        inserts.add(store.insert(request("e" + i), written("S" + i), null, null));
        if (i % 300 == 299) {
          refusals.set(3);
          execute(
              "select pg_terminate_backend(pid) from pg_stat_activity"
                  + " where application_name = 'email-store'");
        }
      }
      inserts.forEach(CompletableFuture::join);
      assertThat(row("select count(*) from engagement.emails")).isEqualTo("3000");
    }
  }

  @Test
  void shouldGiveUpWhenTheDatabaseStaysAway() {
    try (EmailStore store =
        new EmailStore(
            () -> {
              throw new SQLException("connection refused", "08001");
            },
            1,
            Duration.ofMillis(200),
            EXPIRY)) {
      assertThatThrownBy(() -> store.exists("e1").join()).hasMessageContaining("refused");
    }
  }

  @Test
  void shouldSumUpTheCostOfADay() throws Exception {
    try (EmailStore store = store()) {
      assertThat(store.costToday().join()).isEqualByComparingTo("0");
      for (String episode : List.of("e1", "e2")) {
        WrittenEmail paid =
            new WrittenEmail(
                email("S"),
                WrittenEmail.LLM,
                null,
                "m",
                "m",
                "p",
                "s",
                "f",
                1,
                1,
                new BigDecimal("0.0011"),
                1,
                1,
                List.of());
        store.insert(request(episode), paid, null, null).join();
      }
      store.insert(request("e3"), written("Free"), null, null).join();
      assertThat(store.costToday().join()).isEqualByComparingTo("0.0022");
      execute("update engagement.emails set generated_at = generated_at - interval '1 day'");
      assertThat(store.costToday().join()).isEqualByComparingTo("0");
    }
  }

  @Test
  void shouldSettleNothingWhenItIsClosed() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    EmailStore store =
        new EmailStore(
            () -> {
              await(never);
              return connect();
            },
            1,
            Duration.ofSeconds(20),
            EXPIRY);
    CompletableFuture<Boolean> waiting = store.exists("e1");
    store.close();
    assertThatThrownBy(waiting::join).isInstanceOf(CancellationException.class);
    assertThatThrownBy(store.exists("e2")::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void shouldNoteTheVersionOfTheTextsAndHoldNewOnesForReview() throws Exception {
    execute(
        "insert into engagement.brands (background, paper, text_color, accent, button_text,"
            + " footer_text, heading_font, body_font, footer) values ('#ffffff', '#fffffe',"
            + " '#000000', '#111111', '#ffffff', '#222222', 'VERDANA', 'UNKNOWN', 'Since 1904')");
    try (EmailStore store = store()) {
      Brand brand = store.brand().join();
      assertThat(brand.palette().paper()).isEqualTo(Colour.parse("#fffffe"));
      assertThat(brand.headingFont()).isEqualTo(Brand.Font.VERDANA);
      assertThat(brand.bodyFont()).isEqualTo(Brand.Font.HELVETICA);
      assertThat(brand.footer()).isEqualTo("Since 1904");

      execute(
          "insert into shop.users (user_id, email, marketing_consent)"
              + " values ('u1', 'u1@example.com', true) on conflict do nothing");
      store.insert(request("known"), written("Hello"), null, null).join();
      execute("update engagement.review_settings set review_first = 5");
      store.insert(request("known-again"), written("Hello"), null, null).join();
      EmailRequest ada = EmailRequests.ada();
      store
          .insert(
              new EmailRequest("new", ada.facts(), ada.variant(), brand),
              written("Hello"),
              null,
              null)
          .join();
    } finally {
      execute("update engagement.review_settings set review_first = 0");
    }

    String version =
        "select v.review || ' ' || v.brand_version || ' ' || v.variant || ' ' || v.prompt || ' ' ||"
            + " v.tone from engagement.emails e join engagement.content_versions v"
            + " using (content_version) where e.email_id = '%s'";
    assertThat(row(version.formatted("known"))).isEqualTo("FREE 1 friendly winback-v1 warm");
    assertThat(row(version.formatted("known-again"))).isEqualTo("FREE 1 friendly winback-v1 warm");
    assertThat(row(version.formatted("new")))
        .startsWith("WAITING ")
        .endsWith(" friendly winback-v1 warm");
  }

  private static void await(CountDownLatch latch) throws SQLException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", "08001", e);
    }
  }

  private static EmailStore store() {
    return new EmailStore(EmailStoreITCase::connect, 2, Duration.ofSeconds(20), EXPIRY);
  }

  /** As the role that the job has. */
  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        postgres.getJdbcUrl("rekindle_pipeline", "postgres") + "&ApplicationName=email-store");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String row(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static EmailRequest request(String episode) {
    return new EmailRequest(episode, EmailRequests.ada().facts(), EmailRequests.FRIENDLY);
  }

  private static Outcome insert(EmailStore store, String episode, String userId) {
    EmailFacts ada = EmailRequests.ada().facts();
    EmailFacts facts =
        new EmailFacts(
            userId,
            ada.name(),
            ada.lastOrderAt(),
            ada.orderCount(),
            ada.averageOrderValue(),
            ada.preferredCategories(),
            ada.locale(),
            ada.timeZone());
    EmailRequest request = new EmailRequest(episode, facts, EmailRequests.FRIENDLY);
    return store.insert(request, written("Hello"), null, null).join();
  }

  private static WrittenEmail written(String subject) {
    return WrittenEmail.byTemplate(email(subject));
  }

  private static Email email(String subject) {
    return new Email(subject, "preheader", "<p>html</p>", "text");
  }
}
