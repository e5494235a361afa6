package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.Await;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** From risk to an email, on real processes, with a model behind a real HTTP server. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class OutreachITCase {

  private LanguageModel model;
  private RunningStack stack;

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    model = new LanguageModel();
    stack = new RunningStack(data);
    stack.start(model.environment());
    // Nobody held out, at any hour, so that every user of a test gets an email.
    stack.execute(
        "update engagement.outreach_settings set holdout_share = 0, quiet_from = '00:00',"
            + " quiet_until = '00:00', daily_cap = 100000");
  }

  @AfterAll
  void stop() throws Exception {
    try {
      stack.stop();
    } finally {
      model.close();
    }
  }

  @Test
  @Order(1)
  void shouldHaveTheModelWriteAndTheSenderSend() throws Exception {
    createUsers("first", 5);
    lapse("first");
    stack.await(
        "five emails, sent",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like 'first-%' and status = 'SENT'"
            + " and generated_by = 'LLM' and model = 'test/served' and model_asked = 'test/model'"
            + " and engagement_score_at_time = 10 and cost_usd > 0 having count(*) = 5");
    stack.await(
        "contacts that come back",
        "select 1 from engagement.user_scores where user_id like 'first-%'"
            + " and last_contact_at is not null having count(*) = 5");
    assertThat(model.requests()).hasSize(5);
    assertThat(String.join("", model.requests()))
        .as("what a model never gets to see")
        .doesNotContain("@example.com")
        .doesNotContain("Nora");
  }

  @Test
  @Order(2)
  void shouldScoreOnWhileTheModelKeepsEverybodyWaiting() throws Exception {
    createUsers("waiting", 100);
    model.hold();
    int before = model.requests().size();
    lapse("waiting");
    Await.until(
        "100 requests on their way",
        RunningStack.RECOVERY,
        () -> model.requests().size() >= before + 100);
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) select 'during-' || n, 'first-' || n,"
            + " 50 from generate_series(1, 5) n");
    stack.await(
        "orders that are scored while the model is silent",
        "select 1 from engagement.user_scores where user_id like 'first-%' and order_count = 2"
            + " having count(*) = 5");
    assertThat(emailsOf("waiting")).isEqualTo("0");
  }

  @Test
  @Order(3)
  void shouldWriteOneEmailEachThoughTheTaskManagerIsKilledWithTheRequestsUnderWay()
      throws Exception {
    int before = model.requests().size();
    stack.signal(FlinkCluster.TASK_MANAGER, "KILL");
    Await.until(
        "the same requests again",
        RunningStack.RECOVERY,
        () -> model.requests().size() >= before + 100);
    model.release();
    stack.await(
        "an email for each",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like 'waiting-%' having count(*) = 100");
    assertThat(model.requests()).as("one call and one restart").hasSize(before + 100);
    assertOneEmailPerDecision();
  }

  @Test
  @Order(4)
  void shouldWriteOneEmailEachThoughPostgresIsKilledMeanwhile() throws Exception {
    createUsers("storing", 100);
    lapse("storing");
    stack.await(
        "some of the emails",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like 'storing-%' limit 1");
    stack.signal(PostgresServer.NAME, "KILL");
    Instant killed = Instant.now();
    Await.until("health", RunningStack.RECOVERY, () -> stack.isHealthySince(killed));
    stack.await(
        "an email for each",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like 'storing-%' having count(*) = 100");
    assertOneEmailPerDecision();
    stack.verifyAll();
  }

  @Test
  @Order(5)
  void shouldSkipWithAReasonWhoeverMustNotBeWrittenTo() throws Exception {
    createUsers("silent", 4);
    stack.execute("update shop.users set marketing_consent = false where user_id = 'silent-1'");
    stack.execute("update shop.users set email = null where user_id = 'silent-2'");
    stack.execute(
        "insert into engagement.suppressions (user_id, reason) values ('silent-3', 'MANUAL')");
    stack.execute("insert into engagement.emails (user_id, status) values ('silent-4', 'SENT')");
    int before = model.requests().size();
    lapse("silent");
    stack.await(
        "four decisions",
        "select 1 from engagement.outreach_decisions where user_id like 'silent-%'"
            + " having string_agg(reason, ' ' order by user_id)"
            + " = 'NO_CONSENT NO_ADDRESS SUPPRESSED RECENTLY_CONTACTED'");
    assertThat(model.requests()).hasSize(before);
    assertThat(
            stack.value(
                "select count(*) from engagement.emails where user_id like 'silent-%'"
                    + " and generated_by <> 'EXTERNAL'"))
        .isEqualTo("0");
  }

  @Test
  @Order(6)
  void shouldKeepToTheDailyCapWhenManyLapseAtOnce() throws Exception {
    stack.execute("update engagement.outreach_settings set daily_cap = 250");
    createUsers("mass", 2_000);
    lapse("mass");
    stack.await(
        "a decision for each",
        RunningStack.RECOVERY,
        "select 1 from engagement.outreach_decisions where user_id like 'mass-%'"
            + " having count(*) = 2000");
    assertThat(
            stack.value(
                "select count(*) from engagement.outreach_decisions where decision = 'EMAIL'"
                    + " and (decided_at at time zone 'UTC')::date = (select"
                    + " (max(decided_at) at time zone 'UTC')::date"
                    + " from engagement.outreach_decisions where user_id like 'mass-%')"))
        .as("emails of the day, those of the tests before included")
        .isEqualTo("250");
    assertThat(
            stack.value(
                "select string_agg(distinct decision || ' ' || reason, ', ')"
                    + " from engagement.outreach_decisions where user_id like 'mass-%'"))
        .isEqualTo("EMAIL AT_RISK, SKIP OVER_DAILY_CAP");
    stack.verifyAll();
  }

  private String emailsOf(String group) throws Exception {
    return stack.value(
        "select count(*) from engagement.emails where user_id like '" + group + "-%'");
  }

  private void assertOneEmailPerDecision() throws Exception {
    assertThat(
            stack.value(
                "select count(*) from engagement.outreach_decisions d left join engagement.emails e"
                    + " using (episode_id) where d.decision = 'EMAIL' and e.email_id is null"))
        .isEqualTo("0");
  }

  private void createUsers(String group, int count) throws Exception {
    stack.execute(
        "insert into shop.users (user_id, email, name, marketing_consent, preferred_categories)"
            + " select '%1$s-' || n, '%1$s-' || n || '@example.com', 'Nora ' || n, true, '{books}'"
                .formatted(group)
            + " from generate_series(1, %d) n".formatted(count));
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) select '%1$s-' || n, '%1$s-' || n, 40"
                .formatted(group)
            + " from generate_series(1, %d) n".formatted(count));
    stack.await(
        count + " users, scored",
        RunningStack.RECOVERY,
        "select 1 from engagement.user_scores where user_id like '%s-%%' and order_count = 1"
                .formatted(group)
            + " having count(*) = %d".formatted(count));
  }

  /** Puts them at risk by an override, as one tries things out. */
  private void lapse(String group) throws Exception {
    stack.execute(
        "insert into engagement.score_overrides (user_id, score) select user_id, 10"
            + " from shop.users where user_id like '%s-%%'".formatted(group));
  }
}
