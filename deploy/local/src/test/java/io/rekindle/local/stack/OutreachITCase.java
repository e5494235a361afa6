package io.rekindle.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.local.Await;
import io.rekindle.local.server.FlinkCluster;
import io.rekindle.local.server.MailSender;
import io.rekindle.local.server.PostgresServer;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From risk to an email, on real processes, with a model behind a real HTTP server. */
@ExtendWith(SharedStack.Provider.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Order(SharedStack.THIRD)
class OutreachITCase {

  /** How often everything is killed. */
  private static final int ROUNDS = Integer.getInteger("rekindle.rounds", 1);

  private static final int USERS_PER_ROUND = 150;
  private static final int IN_FLIGHT = 100;

  private static final int MASS = 10_000;
  private static final int EMAILS_FOR_THE_MASS = 1_200;

  /** Each user of a group has orders of another value, by which a request tells whose it is. */
  private static final Pattern VALUE = Pattern.compile("average_order_value\\W+([0-9.]+)");

  private StubLanguageModel model;
  private RunningStack stack;

  @BeforeAll
  void start(SharedStack shared) throws Exception {
    shared.startWithModel();
    model = shared.model();
    stack = shared.stack();
    // Nobody held out, at any hour, so that every user of a test gets an email.
    stack.execute(
        "update engagement.outreach_settings set holdout_share = 0, quiet_from = '00:00',"
            + " quiet_until = '00:00', daily_cap = 1000000");
  }

  static IntStream rounds() {
    return IntStream.rangeClosed(1, ROUNDS);
  }

  @Test
  @Order(1)
  void shouldHaveTheModelWriteAndTheSenderSend() throws Exception {
    int before = model.requests().size();
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
    assertThat(model.requests()).hasSize(before + 5);
    assertThat(String.join("", model.requests()))
        .as("what a model never gets to see")
        .doesNotContain("@example.com")
        .doesNotContain("Nora");
  }

  /**
   * Kills the TaskManager with the requests under way, Postgres while their emails are stored, and
   * the sender when the server has taken an email and that is not written down yet.
   */
  @ParameterizedTest(name = "round {0}")
  @MethodSource("rounds")
  @Order(2)
  void shouldWriteAndSendOneEmailEachWhateverIsKilled(int round) throws Exception {
    String group = "round" + round;
    stack.execute("update engagement.outreach_settings set holdout_share = 0.2");
    createUsers(group, USERS_PER_ROUND);
    stack.execute(
        "update shop.users set marketing_consent = false where user_id in ('%1$s-1', '%1$s-2')"
            .formatted(group));
    int requestsBefore = model.requests().size();
    int restartsBefore = restarts();

    model.hold();
    lapse(group);
    stack.await(
        "all decisions",
        RunningStack.RECOVERY,
        "select 1 from engagement.outreach_decisions where user_id like '%s-%%'".formatted(group)
            + " having count(*) = "
            + USERS_PER_ROUND);
    int emails =
        Integer.parseInt(
            stack.value(
                "select count(*) from engagement.outreach_decisions where decision = 'EMAIL'"
                    + " and user_id like '%s-%%'".formatted(group)));
    assertThat(emails).isGreaterThanOrEqualTo(IN_FLIGHT);
    awaitRequests(requestsBefore + emails);
    scoreOnWhileTheModelKeepsEverybodyWaiting(round);

    stack.signal(FlinkCluster.TASK_MANAGER, "KILL");
    model.hold();
    awaitRequests(requestsBefore + 2 * emails);

    // Written, but not to be sent before the end of it.
    stack.execute("update engagement.outreach_settings set enabled = false");
    model.answer(20);
    stack.await(
        "some of the emails",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like '%s-%%' limit 1".formatted(group));
    model.release();
    stack.signal(PostgresServer.NAME, "KILL");
    Instant killed = Instant.now();
    Await.until("health", RunningStack.RECOVERY, () -> stack.isHealthySince(killed));
    awaitEmails(group, "READY", emails);

    String twice = killTheSenderBetweenAcceptanceAndCommit(group);
    awaitEmails(group, "SENT", emails);

    int mostCalls = mostCallsOfAnEpisode(model.requests().subList(requestsBefore, requests()));
    Await.until("Flink says how often", RunningStack.RECOVERY, () -> restarts() > restartsBefore);
    int restarts = restarts() - restartsBefore;
    System.out.printf(
        "round %d: %d EMAIL of %d decisions, %d calls for them, at most %d per episode with %d"
            + " restarts of the job, accepted twice: %s%n",
        round, emails, USERS_PER_ROUND, requests() - requestsBefore, mostCalls, restarts, twice);
    assertThat(mostCalls).isLessThanOrEqualTo(1 + restarts);
    assertOneEmailForEachDecisionToWriteOne();
    assertAcceptedOnce(group, twice);
    stack.verifyAll();
  }

  @Test
  @Order(3)
  void shouldSkipWithAReasonWhoeverMustNotBeWrittenTo() throws Exception {
    stack.execute("update engagement.outreach_settings set holdout_share = 0");
    createUsers("silent", 4);
    stack.execute("update shop.users set marketing_consent = false where user_id = 'silent-1'");
    stack.execute("update shop.users set email = null where user_id = 'silent-2'");
    stack.execute(
        "insert into engagement.suppressions (user_id, reason) values ('silent-3', 'MANUAL')");
    stack.execute("insert into engagement.emails (user_id, status) values ('silent-4', 'SENT')");
    int before = requests();
    lapse("silent");
    stack.await(
        "four decisions",
        "select 1 from engagement.outreach_decisions where user_id like 'silent-%'"
            + " having string_agg(reason, ' ' order by user_id)"
            + " = 'NO_CONSENT NO_ADDRESS SUPPRESSED RECENTLY_CONTACTED'");
    assertThat(requests()).isEqualTo(before);
    assertThat(
            stack.value(
                "select count(*) from engagement.emails where user_id like 'silent-%'"
                    + " and generated_by <> 'EXTERNAL'"))
        .isEqualTo("0");
  }

  @Test
  @Order(4)
  void shouldKeepToCapAndBudgetWhenManyLapseAtOnceAndWriteToTheNewestRiskFirst() throws Exception {
    createUsers("mass", MASS);
    int used = Integer.parseInt(stack.value(EMAILS_OF_DAY.formatted("now()", "true")));
    int cap = used + EMAILS_FOR_THE_MASS;
    stack.execute("update engagement.outreach_settings set daily_cap = " + cap);
    model.charge(StubLanguageModel.HIGH_COST);

    // All in one instant, but each at risk since a second longer than the one before.
    stack.execute(
        "insert into engagement.score_overrides (user_id, score, set_at)"
            + " select user_id, 10, now() - substr(user_id, 6)::int * interval '1 second'"
            + " from shop.users where user_id like 'mass-%'");
    stack.await(
        "a decision for each",
        RunningStack.RECOVERY,
        "select 1 from engagement.outreach_decisions where user_id like 'mass-%' having count(*) = "
            + MASS);

    String decidedAt =
        "(select max(decided_at) from engagement.outreach_decisions where user_id like 'mass-%')";
    int others =
        Integer.parseInt(
            stack.value(EMAILS_OF_DAY.formatted(decidedAt, "user_id not like 'mass-%'")));
    assertThat(
            stack.value(
                """
                select string_agg(summary, ', ' order by summary) from (
                  select format('%s %s: %s, from %s to %s', decision, reason, count(*),
                    min(substr(user_id, 6)::int), max(substr(user_id, 6)::int)) as summary
                  from engagement.outreach_decisions where user_id like 'mass-%'
                  group by decision, reason) as by_kind
                """))
        .as("of the day's %d emails, %d were used", cap, others)
        .isEqualTo(
            "EMAIL AT_RISK: %1$d, from 1 to %1$d, SKIP OVER_DAILY_CAP: %2$d, from %3$d to %4$d"
                .formatted(cap - others, MASS - (cap - others), cap - others + 1, MASS));

    stack.await(
        "an email for each that was decided on",
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like 'mass-%' having count(*) = "
            + (cap - others));
    System.out.println(
        "mass lapse: "
            + stack.value(
                "select string_agg(summary, ', ') from (select generated_by || coalesce(' ' ||"
                    + " fallback_reason, '') || ' ' || count(*) || ', ' || coalesce(sum(cost_usd),"
                    + " 0) || ' USD' as summary from engagement.emails where user_id like 'mass-%'"
                    + " group by generated_by, fallback_reason) as by_writer"));
    assertThat(
            stack.value(
                "select coalesce(sum(cost_usd), 0) <= %s from engagement.emails"
                        .formatted(StubLanguageModel.DAILY_BUDGET_USD)
                    + " where generated_at >= date_trunc('day', now(), 'UTC')"))
        .isEqualTo("t");
    assertThat(
            stack.value(
                "select string_agg(distinct fallback_reason, ' ') from engagement.emails"
                    + " where user_id like 'mass-%'"))
        .isEqualTo("BUDGET");
    assertOneEmailForEachDecisionToWriteOne();
    stack.verifyAll();
  }

  /** Decisions to email in the UTC day of an instant, by a condition. */
  private static final String EMAILS_OF_DAY =
      "select count(*) from engagement.outreach_decisions where decision = 'EMAIL'"
          + " and date_trunc('day', decided_at, 'UTC') = date_trunc('day', %s, 'UTC') and %s";

  private void scoreOnWhileTheModelKeepsEverybodyWaiting(int round) throws Exception {
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) select 'during-%1$d-' || n,"
                .formatted(round)
            + " 'first-' || n, 50 from generate_series(1, 5) n");
    stack.await(
        "orders that are scored while the model is silent",
        "select 1 from engagement.user_scores where user_id like 'first-%%' and order_count = %d"
                .formatted(1 + round)
            + " having count(*) = 5");
  }

  /**
   * While it is locked, the table of emails can be read, but not be told that one was sent.
   *
   * @return the user whose email was in the window
   */
  private String killTheSenderBetweenAcceptanceAndCommit(String group) throws Exception {
    List<String> inTheWindow = new ArrayList<>();
    try (Connection connection = stack.owner().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table engagement.emails in share mode");
      stack.execute("update engagement.outreach_settings set enabled = true");
      Await.until(
          "the server has taken an email",
          RunningStack.RECOVERY,
          () -> {
            String user = attempted(group);
            if (user != null && messageIds(user).size() == 1) {
              inTheWindow.add(user);
            }
            return !inTheWindow.isEmpty();
          });
      ProcessHandle sender = stack.handle(MailSender.NAME);
      stack.signal(MailSender.NAME, "KILL");
      sender.onExit().get();
      endWhatTheSenderHadAsked();
      connection.rollback();
    }
    return inTheWindow.get(0);
  }

  /** Postgres would otherwise do what a client wanted that is dead by then. */
  private void endWhatTheSenderHadAsked() throws Exception {
    try (Connection connection = stack.database(stack.info().sender()).getConnection();
        Statement statement = connection.createStatement()) {
      Await.until(
          "nobody waits for the lock",
          RunningStack.SOON,
          () -> {
            try (ResultSet waiting =
                statement.executeQuery(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where usename = current_user and wait_event_type = 'Lock'")) {
              return !waiting.next();
            }
          });
    }
  }

  /** Whom the sender has begun to send an email, and not finished; null if nobody. */
  private String attempted(String group) throws SQLException {
    return stack.value(
        "select user_id from engagement.emails join engagement.deliveries using (email_id)"
            + " where attempts > 0 and accepted_at is null and user_id like '%s-%%'"
                .formatted(group));
  }

  /** A copy of the email that was in the window is allowed, with the same Message-ID. */
  private void assertAcceptedOnce(String group, String twice) throws Exception {
    try (Connection connection = stack.owner().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select user_id, message_id from engagement.emails where user_id like '%s-%%'"
                    .formatted(group))) {
      while (row.next()) {
        String user = row.getString("user_id");
        String messageId = row.getString("message_id");
        assertThat(messageIds(user))
            .as(user)
            .isEqualTo(Collections.nCopies(user.equals(twice) ? 2 : 1, messageId));
      }
    }
  }

  /** Of the messages that the mail catcher has for somebody. */
  private List<String> messageIds(String user) throws IOException {
    JsonNode messages =
        new RestClient(stack.info().mailUrl())
            .get("/api/user/" + user + "@example.com/messages/INBOX");
    List<String> ids = new ArrayList<>();
    for (JsonNode message : messages) {
      Matcher id =
          Pattern.compile("(?mi)^Message-ID:\\s*(<[^>]+>)")
              .matcher(message.path("mimeMessage").asText());
      assertThat(id.find()).isTrue();
      ids.add(id.group(1));
    }
    return ids;
  }

  private int requests() {
    return model.requests().size();
  }

  private void awaitRequests(int count) throws InterruptedException {
    Await.until(count + " requests on their way", RunningStack.RECOVERY, () -> requests() >= count);
  }

  private void awaitEmails(String group, String status, int count) throws InterruptedException {
    stack.await(
        "an email for each decision, " + status,
        RunningStack.RECOVERY,
        "select 1 from engagement.emails where user_id like '%s-%%' and status = '%s'"
                .formatted(group, status)
            + " having count(*) = "
            + count);
  }

  private static int mostCallsOfAnEpisode(List<String> requests) {
    Map<String, Integer> calls = new HashMap<>();
    for (String request : requests) {
      Matcher value = VALUE.matcher(request);
      assertThat(value.find()).as(request).isTrue();
      calls.merge(value.group(1), 1, Integer::sum);
    }
    return Collections.max(calls.values());
  }

  /**
   * How often the job began again from a checkpoint. The metric {@code numRestarts} says the same,
   * but a killed TaskManager may keep the JobManager from reading metrics for minutes.
   */
  private int restarts() throws IOException {
    return new RestClient(stack.info().flinkUrl())
        .get("/jobs/" + stack.info().jobId() + "/checkpoints")
        .path("counts")
        .path("restored")
        .asInt();
  }

  /** Every decision to email has one row, the others none. */
  private void assertOneEmailForEachDecisionToWriteOne() throws Exception {
    assertThat(
            stack.value(
                """
                select count(*) from (
                  select d.decision, count(e.email_id) as emails
                  from engagement.outreach_decisions d
                  left join engagement.emails e using (episode_id)
                  group by d.episode_id, d.decision) as written
                where emails <> case decision when 'EMAIL' then 1 else 0 end
                """))
        .isEqualTo("0");
  }

  /** In none of the logs of all that has happened to the stack, but for the mail catcher's. */
  @Test
  @Order(5)
  void shouldHaveLoggedNobodysNameOrAddress() throws Exception {
    try (Stream<Path> logs = Files.list(stack.data().resolve("logs"))) {
      assertThat(logs.filter(log -> !log.getFileName().toString().startsWith("mail")))
          .hasSizeGreaterThan(5)
          .allSatisfy(
              log ->
                  assertThat(log).content().doesNotContain("@example.com").doesNotContain("Nora"));
    }
  }

  private void createUsers(String group, int count) throws Exception {
    stack.execute(
        "insert into shop.users (user_id, email, name, marketing_consent, preferred_categories)"
            + " select '%1$s-' || n, '%1$s-' || n || '@example.com', 'Nora', true, '{books}'"
                .formatted(group)
            + " from generate_series(1, %d) n".formatted(count));
    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) select '%1$s-' || n, '%1$s-' || n,"
                .formatted(group)
            + " 40 + n / 100.0 from generate_series(1, %d) n".formatted(count));
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
