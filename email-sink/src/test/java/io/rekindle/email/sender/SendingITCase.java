package io.rekindle.email.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.outbox.DeliveryResult;
import io.rekindle.email.sender.outbox.MailTransport;
import io.rekindle.email.sender.outbox.OutgoingMessage;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.email.sender.settings.SenderSettings.Mode;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer.Received;
import io.rekindle.platform.settings.InvalidSettingsException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real sender between a real Postgres and a real SMTP conversation. */
class SendingITCase {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  // By printf e1 | sha256sum.
  private static final String HASH_OF_E1 = "8b5cc4df7eec7d32a7814eca4af047ae";

  @RegisterExtension static final SenderDatabase database = new SenderDatabase();

  private ScriptedSmtpServer smtp;
  private Sender sender;

  @BeforeEach
  void startServer() throws IOException {
    smtp = new ScriptedSmtpServer();
  }

  @AfterEach
  void stop() throws IOException {
    if (sender != null) {
      sender.close();
    }
    smtp.close();
  }

  @Test
  void shouldSendWhatIsReadyAndSaySo() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");

    start();
    awaitStatus("e1", "SENT");

    Received mail = smtp.received().get(0);
    assertThat(mail.from()).startsWith("MAIL FROM:<bounces@shop.example>");
    assertThat(mail.to()).isEqualTo("RCPT TO:<ada@example.com>");
    assertThat(mail.header("Message-ID")).isEqualTo("<e1@shop.example>");
    assertThat(
            database.value(
                "select message_id || ' ' || (sent_at = accepted_at) || ' ' || attempts || ' '"
                    + " || last_reply || coalesce(leased_by, '')"
                    + " from engagement.emails join engagement.deliveries using (email_id)"))
        .isEqualTo("<e1@shop.example> true 1 250 2.0.0 taken");
  }

  @Test
  void shouldSendTheStoredPartsWithAllHeaders() throws Exception {
    String text = "Grüß dich,\n\n.ein Punkt\n" + "lang ".repeat(400) + "\nŁódź 🎈\n";
    String html = "<!DOCTYPE html>\n<p>Grüß dich &amp; " + "x".repeat(2_000) + " 🎈</p>\n";
    database.user("ada");
    database.execute(
        "insert into engagement.emails (email_id, user_id, subject, text, html)"
            + " values ('e1', 'ada', 'Jürgen, es gibt Neues in Küche & Bücher 🎈', ?, ?)",
        text,
        html);

    start();
    awaitStatus("e1", "SENT");

    Received mail = smtp.received().get(0);
    assertThat(mail.data().lines()).allMatch(line -> line.length() <= 998);
    assertThat(mail.data()).isASCII();
    assertThat(mail.header("List-Unsubscribe"))
        .isEqualTo(
            "<%s>, <mailto:leave@shop.example?subject=unsubscribe%%20%s>"
                .formatted(links().url("e1"), HASH_OF_E1));
    assertThat(mail.header("List-Unsubscribe-Post")).isEqualTo("List-Unsubscribe=One-Click");
    assertThat(mail.header("Reply-To")).isEqualTo("help@shop.example");
    assertThat(mail.header("From")).endsWith("<hello@shop.example>");
    MimeMessage message = parse(mail);
    assertThat(message.getFrom()[0].toString()).contains("=?UTF-8?");
    assertThat(message.getSubject()).isEqualTo("Jürgen, es gibt Neues in Küche & Bücher 🎈");
    assertThat(message.getSentDate()).isNotNull();
    MimeMultipart parts = (MimeMultipart) message.getContent();
    assertThat(parts.getContentType()).startsWith("multipart/alternative");
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).getContentType())
        .isEqualToIgnoringCase("text/plain; charset=UTF-8");
    assertThat(parts.getBodyPart(0).getContent()).isEqualTo(text.replace("\n", "\r\n"));
    assertThat(parts.getBodyPart(1).getContentType())
        .isEqualToIgnoringCase("text/html; charset=UTF-8");
    assertThat(parts.getBodyPart(1).getContent()).isEqualTo(html.replace("\n", "\r\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DECIDED_OTHERWISE | update engagement.outreach_decisions set decision = 'HOLDOUT'",
        "DECIDED_OTHERWISE | update engagement.outreach_decisions set decision = 'SKIP'",
        "NOT_DECIDED   | delete from engagement.outreach_decisions; update engagement.emails set generated_at = now() - interval '61 minutes'",
        "NO_CONSENT    | update shop.users set marketing_consent = false",
        "USER_REMOVED  | delete from shop.users",
        "NO_ADDRESS    | update shop.users set email = null",
        "NO_ADDRESS    | update shop.users set email = 'ada at example.com'",
        "NO_ADDRESS    | update shop.users set email = E'ada@example.com\\r\\nBcc: all@example.com'",
        "SUPPRESSED    | insert into engagement.suppressions (user_id, reason) values ('ada', 'MANUAL')",
        "SUPPRESSED    | insert into engagement.suppressions (user_id, reason, address) values ('ada', 'BOUNCED', 'ADA@example.com')",
        "ORDERED_SINCE | insert into shop.orders (order_id, user_id, amount) values ('o', 'ada', 10)",
        "NO_LONGER_AT_RISK | update engagement.emails set episode_id = 'r'; insert into engagement.risk_episodes (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision, closed_at, close_reason) values ('r', 'ada', now(), now(), 'p', now(), 2, now(), 'RECOVERED')",
        "RECENTLY_CONTACTED | insert into engagement.emails (user_id, status, sent_at) values ('ada', 'SENT', now() - interval '29 days')",
        "CONTROL_GROUP | update engagement.outreach_settings set control_share = 0.2, control_salt = 'salt-22'",
        "EXPIRED       | update engagement.emails set generated_at = now() - interval '73 hours'",
        "EXPIRED       | update engagement.outreach_decisions set decided_at = now() - interval '73 hours'",
        "EXPIRED       | update engagement.emails set generated_at = now() - interval '73 hours'; update engagement.outreach_settings set enabled = false",
      })
  void shouldCancelWhatMayNotBeSentAnyMore(String reason, String change) throws Exception {
    database.user("ada");
    database.decision("e1", "ada", "EMAIL");
    database.ready("e1", "ada");
    database.execute("update engagement.emails set decision_id = 'e1'");
    database.execute(change);

    start();
    awaitStatus("e1", "CANCELLED " + reason);

    assertThat(smtp.received()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Placed before it was decided to write.
        "insert into shop.orders (order_id, user_id, amount, placed_at) values ('o', 'ada', 10, now() - interval '1 day')",
        "insert into shop.orders (order_id, user_id, amount, refunded_amount) values ('o', 'ada', 10, 10)",
        "insert into shop.orders (order_id, user_id, amount, status) values ('o', 'ada', 10, 'CANCELLED')",
        "insert into engagement.emails (user_id, status, sent_at) values ('ada', 'SENT', now() - interval '31 days')",
        "insert into engagement.emails (user_id, status, sent_at) values ('bea', 'SENT', now() - interval '1 day')",
        "insert into engagement.emails (user_id, status) values ('ada', 'LOGGED')",
        "update engagement.emails set episode_id = 'r'; insert into engagement.risk_episodes (episode_id, user_id, opened_at, noticed_at, policy_version, as_of, revision) values ('r', 'ada', now(), now(), 'p', now(), 1)",
        // An address of before.
        "insert into engagement.suppressions (user_id, reason, address) values ('ada', 'BOUNCED', 'old@example.com')",
      })
  void shouldSendInSpiteOfWhatDoesNotCount(String change) throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    database.execute(change);

    start();

    awaitStatus("e1", "SENT");
  }

  @Test
  void shouldCountOrdersSinceTheDecisionIfThereIsOne() throws Exception {
    for (String user : List.of("before", "after")) {
      database.user(user);
      database.execute(
          "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
              + " reason, decided_at, policy_version, inputs)"
              + " values (?, ?, ?, 'EMAIL', 'AT_RISK', now() - interval '2 hours', 'p', '{}')",
          user,
          user,
          user);
      database.execute(
          "insert into shop.orders (order_id, user_id, amount, placed_at)"
              + " values (?, ?, 10, now() - ?::interval)",
          user,
          user,
          user.equals("before") ? "3 hours" : "1 hour");
      database.ready(user, user);
      database.execute("update engagement.emails set decision_id = user_id");
    }

    start();

    awaitStatus("after", "CANCELLED ORDERED_SINCE");
    awaitStatus("before", "SENT");
  }

  /** An order may be committed after a decision although it was placed before. */
  @ParameterizedTest
  @CsvSource({
    "2026-03-01T12:00:00.123Z, SENT",
    "2026-03-01T12:00:00.122Z, CANCELLED ORDERED_SINCE",
    "soon, SENT",
  })
  void shouldCountOrdersThatTheDecisionDidNotKnow(String lastOrder, String status)
      throws Exception {
    database.user("ada");
    database.execute(
        "insert into engagement.outreach_decisions (decision_id, episode_id, user_id, decision,"
            + " reason, decided_at, policy_version, inputs) values ('e1', 'e1', 'ada', 'EMAIL',"
            + " 'AT_RISK', now() - interval '2 hours', 'p',"
            + " jsonb_build_object('last_order_at', ?::text))",
        lastOrder);
    database.execute(
        "insert into shop.orders (order_id, user_id, amount, placed_at)"
            + " values ('o', 'ada', 10, '2026-03-01T12:00:00.123456Z')");
    database.execute(
        "insert into engagement.emails (email_id, decision_id, user_id, subject, text)"
            + " values ('e1', 'e1', 'ada', 'Hello', 'Hello there')");

    start();

    awaitStatus("e1", status);
  }

  @Test
  void shouldHoldBackInTheReadersQuietHours() throws Exception {
    // In Tokyo it is nine hours later than in UTC, and only the clock of the database counts.
    database.execute(
        "update engagement.outreach_settings set"
            + " quiet_from = (now() at time zone 'Asia/Tokyo')::time - interval '2 hours',"
            + " quiet_until = (now() at time zone 'Asia/Tokyo')::time + interval '2 hours'");
    database.user("tokyo");
    database.user("utc");
    database.execute("update shop.users set time_zone = 'Asia/Tokyo' where user_id = 'tokyo'");
    database.execute("update shop.users set time_zone = 'Moon/Sea' where user_id = 'utc'");
    database.ready("held", "tokyo");
    database.ready("free", "utc");

    start();
    awaitStatus("free", "SENT");

    Await.until(
        "held",
        () ->
            database.value("select last_error from engagement.deliveries where email_id = 'held'")
                != null);
    assertThat(
            database.value(
                "select status || ' ' || last_error || ' ' || attempts || ' '"
                    + " || ((next_attempt_at at time zone 'Asia/Tokyo')::time"
                    + "     = (select quiet_until from engagement.outreach_settings))"
                    + " from engagement.emails join engagement.deliveries using (email_id)"
                    + " where email_id = 'held'"))
        .isEqualTo("READY quiet hours 0 true");
  }

  @Test
  void shouldSendWhatQuietHoursHeldBackOnceTheyAreSwitchedOff() throws Exception {
    database.execute(
        "update engagement.outreach_settings set"
            + " quiet_from = (now() at time zone 'UTC')::time - interval '2 hours',"
            + " quiet_until = (now() at time zone 'UTC')::time + interval '2 hours'");
    database.user("ada");
    database.ready("held", "ada");
    start();
    Await.until(
        "held",
        () -> "quiet hours".equals(database.value("select last_error from engagement.deliveries")));

    database.execute(
        "update engagement.outreach_settings set quiet_from = '00:00', quiet_until = '00:00'");

    awaitStatus("held", "SENT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update engagement.outreach_settings set enabled = false",
        "delete from engagement.outreach_settings",
      })
  void shouldSendNothingWhileOutreachIsPaused(String pause) throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    database.user("old");
    database.ready("e0", "old");
    database.execute(
        "update engagement.emails set generated_at = now() - interval '4 days' where email_id = 'e0'");
    database.execute(pause);

    start();
    awaitStatus("e0", "CANCELLED EXPIRED"); // So it has looked.
    assertThat(database.status("e1")).isEqualTo("READY");
    database.execute(
        "insert into engagement.outreach_settings (id, quiet_from, quiet_until)"
            + " values (1, '00:00', '00:00') on conflict (id) do update set enabled = true");

    awaitStatus("e1", "SENT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | 450 4.2.0 greylisted, come back later",
        "MAIL | 451 4.3.0 not now",
        "DATA | 452 4.3.1 no space",
        ".    | 451 4.7.1 come back later",
        ".    | 421 4.3.2 going down",
      })
  void shouldTryAgainLaterWhenToldTo(String command, String reply) throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.once(command, reply);

    start();
    Await.until("postponed", () -> reply.equals(lastReply("e1")));

    assertThat(
            database.value(
                "select status || ' ' || attempts || ' ' || (next_attempt_at > now() + interval '50 s')"
                    + " || ' ' || (leased_by is null)"
                    + " from engagement.emails join engagement.deliveries using (email_id)"))
        .isEqualTo("READY 1 true true");
    database.endWaiting();
    awaitStatus("e1", "SENT");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  @Test
  void shouldTryAsLongAsAnEmailIsNotTooOld() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.always("RCPT", "450 4.2.0 greylisted for ever");
    database.execute("insert into engagement.deliveries (email_id, attempts) values ('e1', 99)");

    start();
    Await.until("tried", () -> "450 4.2.0 greylisted for ever".equals(lastReply("e1")));

    assertThat(
            database.value(
                "select status || ' ' || attempts || ' '"
                    + " || (next_attempt_at between now() + interval '59 min' and now() + interval '1 h')"
                    + " from engagement.emails join engagement.deliveries using (email_id)"))
        .isEqualTo("READY 100 true");
    database.execute("update engagement.emails set generated_at = now() - interval '73 hours'");
    database.endWaiting();
    awaitStatus("e1", "CANCELLED EXPIRED");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | 550 5.1.1 <ada@example.com>: no such user",
        "RCPT | 550 no such user",
        "RCPT | 550 5.2.1 mailbox disabled",
        ".    | 550 5.1.1 no such user after all",
      })
  void shouldSuppressAnAddressThatTakesNoMail(String command, String reply) throws Exception {
    database.user("ada");
    database.user("bea");
    database.ready("e1", "ada");
    database.ready("later", "bea");
    smtp.once(command, reply);

    start();
    awaitStatus("e1", "FAILED RECIPIENT_REFUSED");
    awaitStatus("later", "SENT");

    assertThat(
            database.value(
                "select user_id || ' ' || address || ' ' || reason || ' ' || detail || ' ' || created_by"
                    + " from engagement.suppressions"))
        .isEqualTo("ada ada@example.com BOUNCED " + reply + " rekindle_sender");
    database.ready("e2", "ada");
    awaitStatus("e2", "CANCELLED SUPPRESSED");
    database.execute("update shop.users set email = 'new@example.com'");
    database.ready("e3", "ada");
    awaitStatus("e3", "SENT");
  }

  @Test
  void shouldNotWeakenWhatIsKnownAboutThePerson() throws Exception {
    database.user("ada");
    database.user("bea");
    database.ready("e1", "ada");
    database.ready("e2", "bea");
    smtp.once("RCPT", "550 5.1.1 no such user");
    // Unsubscribed while the email was on its way.
    database.execute(
        "create or replace function engagement.test_unsubscribe() returns trigger language plpgsql"
            + " security definer as $$ begin insert into engagement.suppressions (user_id, reason)"
            + " values ('ada', 'UNSUBSCRIBED') on conflict do nothing; return new; end $$");
    database.execute(
        "create trigger test_unsubscribe after update of attempts on engagement.deliveries"
            + " for each row execute function engagement.test_unsubscribe()");
    try {
      start();
      awaitStatus("e1", "FAILED RECIPIENT_REFUSED");
    } finally {
      database.execute("drop function engagement.test_unsubscribe cascade");
    }

    assertThat(
            database.value("select reason || coalesce(address, '') from engagement.suppressions"))
        .isEqualTo("UNSUBSCRIBED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | 554 5.7.1 relay access denied",
        "RCPT | 550 relaying denied",
        "RCPT | 550 5.7.1 blocked by a list, see lists.example",
        "MAIL | 553 5.1.8 sender refused",
        "MAIL | 530 5.7.0 sign in first",
        ".    | 550 5.7.26 not signed",
      })
  void shouldPauseAndSuppressNobodyWhenTheFaultIsOurs(String command, String reply)
      throws Exception {
    database.user("ada");
    database.user("bea");
    database.ready("e1", "ada");
    database.ready("e2", "bea");
    smtp.always(command, reply);

    start();
    Await.until("paused", () -> health().contains("\"sending\":\"PAUSED\""));

    assertThat(database.status("e1")).isEqualTo("READY");
    assertThat(database.status("e2")).isEqualTo("READY");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
    Await.until(
        "given back",
        () ->
            database.value("select 1 from engagement.deliveries where leased_by is not null")
                == null);
    assertThat(database.value("select sum(attempts) from engagement.deliveries")).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".    | 554 5.6.0 we do not like its looks",
        "RCPT | 552 5.2.2 mailbox full",
        "RCPT | 550 5.4.1 recipient rejected",
        "RCPT | 554 5.3.2 no messages",
      })
  void shouldFailAMessageThatIsNotWantedAndGoOn(String command, String reply) throws Exception {
    database.user("ada");
    database.user("bea");
    database.ready("e1", "ada");
    database.ready("e2", "bea");
    smtp.once(command, reply);

    start();
    awaitStatus("e1", "FAILED MESSAGE_REFUSED");
    awaitStatus("e2", "SENT");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  @Test
  void shouldPauseWhenTheContentOfSeveralInARowIsRefused() throws Exception {
    for (int n = 1; n <= 4; n++) {
      database.user("u" + n);
      database.ready("e" + n, "u" + n);
    }
    smtp.always(".", "550 5.7.1 looks like spam");

    start();
    Await.until("paused", () -> health().contains("\"sending\":\"PAUSED\""));

    assertThat(
            database.value(
                "select string_agg(status || coalesce(' ' || status_reason, ''), ', ' order by status)"
                    + " from engagement.emails"))
        .isEqualTo("READY, READY, READY, READY");
    assertThat(
            database.value(
                "select string_agg(distinct last_reply, ', ') || count(last_reply)"
                    + " from engagement.deliveries"))
        .isEqualTo("550 5.7.1 looks like spam3");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  @Test
  void shouldFailAnEmailWhoseContentIsRefusedWhileOthersAreTaken() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.once(".", "550 5.7.1 looks like spam");
    start();
    Await.until("postponed", () -> "550 5.7.1 looks like spam".equals(lastReply("e1")));
    assertThat(database.status("e1")).isEqualTo("READY");

    database.user("bea");
    database.ready("e2", "bea");
    awaitStatus("e2", "SENT");
    smtp.once(".", "550 5.7.1 looks like spam");
    database.endWaiting();

    awaitStatus("e1", "FAILED MESSAGE_REFUSED");
    assertThat(health()).doesNotContain("PAUSED");
  }

  @Test
  void shouldNotTakeOneEmailThatIsRefusedTimeAndAgainForAll() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.always(".", "550 5.7.1 looks like spam");
    start();
    for (int attempt = 1; attempt <= 4; attempt++) {
      String attempts = Integer.toString(attempt);
      Await.until(
          "tried " + attempts + " times",
          () ->
              attempts.equals(
                  database.value(
                      "select attempts from engagement.deliveries where leased_by is null")));
      assertThat(health()).doesNotContain("PAUSED");
      database.endWaiting();
    }
  }

  @Test
  void shouldBeDownOnceAnErrorHasEndedTheSending() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    AtomicReference<Throwable> raised = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> raised.set(error));
    try {
      sender =
          Sender.start(
              settings(Map.of("REKINDLE_SENDER_MODE", "log")),
              delivering(
                  email -> {
                    throw new NoClassDefFoundError("gone");
                  }));

      Await.until("the handler of main has the error", () -> raised.get() != null);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(raised.get()).isInstanceOf(NoClassDefFoundError.class);
    Await.until(
        "down",
        () ->
            health()
                .contains(
                    "{\"status\":\"DOWN\",\"database\":\"UP\",\"sending\":\"STOPPED\",\"pausedDomains\":0}"));
  }

  @Test
  void shouldGiveTheOthersBackAfterAnError() throws Exception {
    for (int n = 1; n <= 3; n++) {
      database.user("u" + n);
      database.ready("e" + n, "u" + n);
    }

    sender =
        Sender.start(
            settings(Map.of("REKINDLE_SENDER_MODE", "log")),
            delivering(
                email -> {
                  if (email.emailId().equals("e1")) {
                    throw new IllegalStateException("no email is to do this");
                  }
                  return new DeliveryResult.Logged();
                }));

    awaitStatus("e2", "LOGGED");
    awaitStatus("e3", "LOGGED");
    awaitStatus("e1", "FAILED UNCONFIRMED");
  }

  @Test
  void shouldSendNothingBeforeItIsStoredThatAnEmailWasSent() throws Exception {
    for (int n = 1; n <= 3; n++) {
      database.user("u" + n);
      database.ready("e" + n, "u" + n);
    }
    refuse("before update of sent_at on engagement.emails");
    try {
      start();
      Await.until("paused", () -> health().contains("\"sending\":\"PAUSED\""));
      // What it cannot send now it leaves to others.
      Await.until(
          "the others are given back",
          () ->
              database
                  .value("select count(*) from engagement.deliveries where leased_by is not null")
                  .equals("1"));
      assertThat(smtp.received()).hasSize(1);
    } finally {
      refuseNoMore();
    }

    for (int n = 1; n <= 3; n++) {
      awaitStatus("e" + n, "SENT");
    }
    assertThat(smtp.received()).extracting(Received::to).doesNotHaveDuplicates().hasSize(3);
    Await.until("sending", () -> !health().contains("PAUSED"));
  }

  @Test
  void shouldSendAgainOnlyTheOneThatWasNotStoredWhenItEnded() throws Exception {
    for (int n = 1; n <= 3; n++) {
      database.user("u" + n);
      database.ready("e" + n, "u" + n);
    }
    refuse("before update of sent_at on engagement.emails");
    try {
      start();
      Await.until("paused", () -> health().contains("\"sending\":\"PAUSED\""));
      sender.close();
    } finally {
      refuseNoMore();
    }

    start();
    for (int n = 1; n <= 3; n++) {
      awaitStatus("e" + n, "SENT");
    }
    assertThat(smtp.received()).hasSize(4);
    assertThat(smtp.received().get(0).header("Message-ID"))
        .isEqualTo(
            smtp.received().stream()
                .skip(1)
                .filter(mail -> mail.to().equals(smtp.received().get(0).to()))
                .findFirst()
                .orElseThrow()
                .header("Message-ID"));
  }

  @Test
  void shouldPauseWhenTheDatabaseRefusesWhatBecameOfAnEmailThatWasNotTaken() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    database.user("bea");
    database.ready("e2", "bea");
    smtp.once("RCPT", "550 5.1.1 no such user");
    refuse("before insert on engagement.suppressions");
    try {
      start();
      Await.until("paused", () -> health().contains("\"sending\":\"PAUSED\""));
    } finally {
      refuseNoMore();
    }

    assertThat(
            database.value(
                "select status || ' ' || (leased_by is null)"
                    + " from engagement.emails join engagement.deliveries using (email_id)"
                    + " where email_id = 'e1'"))
        .isEqualTo("READY true");
  }

  @Test
  void shouldGiveEverythingBackWhenAStatementFails() throws Exception {
    for (int n = 1; n <= 3; n++) {
      database.user("u" + n);
      database.ready("e" + n, "u" + n);
    }
    refuse("before update of attempts on engagement.deliveries");
    try {
      start();
      Await.until(
          "given back",
          () ->
              database
                  .value(
                      "select count(*) from engagement.deliveries"
                          + " where leased_by is null and leased_until is null")
                  .equals("3"));
      assertThat(smtp.received()).isEmpty();
    } finally {
      refuseNoMore();
    }

    for (int n = 1; n <= 3; n++) {
      awaitStatus("e" + n, "SENT");
    }
    assertThat(smtp.received()).hasSize(3);
  }

  @Test
  void shouldFailAnEmailWithNothingInIt() throws Exception {
    database.user("ada");
    database.execute(
        "insert into engagement.emails (email_id, user_id, subject) values ('e1', 'ada', 'x')");
    database.execute(
        "insert into engagement.emails (email_id, user_id, text) values ('e2', 'ada', 'x')");

    start();

    awaitStatus("e1", "FAILED EMPTY");
    awaitStatus("e2", "FAILED EMPTY");
  }

  @Test
  void shouldCostNoAttemptThatTheServerIsAway() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.once("CONNECT", "421 4.3.2 too busy");
    smtp.once("CONNECT", ScriptedSmtpServer.DROP);

    start();
    awaitStatus("e1", "SENT");

    assertThat(smtp.connections()).isEqualTo(3);
    assertThat(database.value("select attempts from engagement.deliveries")).isEqualTo("1");
  }

  @Test
  void shouldSendAgainWithTheSameIdWhenTheServersLastWordIsLost() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.once(".", ScriptedSmtpServer.DROP);

    start();
    Await.until(
        "postponed",
        () ->
            "the connection was lost"
                .equals(database.value("select last_error from engagement.deliveries")));
    database.endWaiting();
    awaitStatus("e1", "SENT");

    assertThat(smtp.received())
        .extracting(mail -> mail.header("Message-ID"))
        .containsExactly("<e1@shop.example>", "<e1@shop.example>");
  }

  @Test
  void shouldStoreWhatWasAcceptedAlthoughTheDatabaseWentAway() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");
    smtp.beforeAnswerToMessage(
        () -> {
          try {
            database.disconnectSenders();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });

    start();
    awaitStatus("e1", "SENT");

    assertThat(smtp.received()).hasSize(1);
  }

  /** The window that is left, from both sides of the server's last word. */
  @Test
  void shouldSendAgainAfterAKillOnlyWhatWasNotWrittenDown(@TempDir Path logs) throws Exception {
    Map<String, Integer> copies = new HashMap<>();
    for (int round = 0; round < 10; round++) {
      String email = "kill-" + round;
      database.user("user-" + round);
      database.ready(email, "user-" + round);
      AtomicReference<Process> process = new AtomicReference<>();
      Runnable kill = () -> process.get().destroyForcibly().onExit().join();
      smtp.beforeAnswerToMessage(round % 2 == 0 ? kill : () -> {});
      smtp.afterAnswerToMessage(round % 2 == 1 ? kill : () -> {});

      process.set(startProcess(logs));
      assertThat(process.get().waitFor(60, TimeUnit.SECONDS)).isTrue();

      smtp.beforeAnswerToMessage(() -> {});
      smtp.afterAnswerToMessage(() -> {});
      database.endLeases();
      start();
      awaitStatus(email, "SENT");
      sender.close();
    }
    for (Received mail : smtp.received()) {
      copies.merge(mail.header("Message-ID"), 1, Integer::sum);
    }
    assertThat(copies).hasSize(10);
    assertThat(copies.values()).allMatch(count -> count <= 2);
    assertThat(database.value("select max(attempts) from engagement.deliveries")).isEqualTo("2");
  }

  @Test
  void shouldShareTheWorkOfManyBetweenSeveral() throws Exception {
    int emails = 300;
    database.execute(
        "insert into shop.users (user_id, email, marketing_consent)"
            + " select 'u' || n, 'u' || n || '@example.com', true from generate_series(1, ?) n",
        emails);
    database.execute(
        "insert into engagement.emails (email_id, user_id, subject, text)"
            + " select 'e' || n, 'u' || n, 'Hello', 'Hello there' from generate_series(1, ?) n",
        emails);
    List<Sender> senders = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        senders.add(Sender.start(settings(Map.of("REKINDLE_SENDER_RATE", "1000"))));
      }
      Await.until(
          "all sent",
          () ->
              database
                  .value("select count(*) from engagement.emails where status = 'SENT'")
                  .equals(Integer.toString(emails)));
    } finally {
      senders.forEach(Sender::close);
    }

    assertThat(smtp.received()).extracting(Received::to).doesNotHaveDuplicates().hasSize(emails);
    assertThat(smtp.connections()).isLessThan(emails / 4);
  }

  @Test
  void shouldLetNoTextBecomeAHeader() throws Exception {
    String evil =
        "Hi\r\nBcc: all@example.com\r\n\r\n<script>\u0000"
            .replace("\u0000", "\u0007\u202e\u2028X-Evil: 1");
    database.user("ada");
    database.execute("update shop.users set name = ?, preferred_categories = array[?]", evil, evil);
    database.execute(
        "insert into engagement.emails (email_id, user_id, subject, preheader, text, variant)"
            + " values (?, 'ada', ?, ?, 'Hello', ?)",
        "e\r\nX-Evil: 1",
        evil,
        evil,
        evil);

    start();
    awaitStatus("e\r\nX-Evil: 1", "SENT");

    Received mail = smtp.received().get(0);
    assertThat(mail.header("Bcc")).isNull();
    assertThat(mail.header("X-Evil")).isNull();
    assertThat(mail.header("Subject")).isEqualTo("Hi Bcc: all@example.com <script> X-Evil: 1");
    assertThat(mail.header("Message-ID")).matches("<[0-9a-f]{32}@shop\\.example>");
    assertThat(mail.data().lines().takeWhile(line -> !line.isEmpty()))
        .allMatch(line -> line.matches("[A-Za-z-]+: .*|[ \t].*"));
  }

  @Test
  void shouldOnlyLogInLogMode() throws Exception {
    database.user("ada");
    database.ready("e1", "ada");

    sender = Sender.start(settings(Map.of("REKINDLE_SENDER_MODE", "log")));

    awaitStatus("e1", "LOGGED");
    assertThat(smtp.connections()).isZero();
    assertThat(database.value("select sent_at from engagement.emails")).isNull();
  }

  @Test
  void shouldCountWhatBecomesOfEmails() throws Exception {
    for (String name : List.of("ada", "bea", "cyd", "dan")) {
      database.user(name);
    }
    sender = Sender.start(settings(Map.of("REKINDLE_SENDER_METRICS_PUBLIC", "true")));
    assertThat(get("/metrics").body())
        .contains(
            "\nrekindle_sender_emails_total{reason=\"\",status=\"SENT\"} 0.0\n",
            "\nrekindle_sender_queue_emails{state=\"due\"} 0.0\n",
            "\nrekindle_sender_queue_emails{state=\"waiting\"} 0.0\n",
            "\nrekindle_sender_queue_oldest_seconds 0.0\n",
            "\nrekindle_sender_paused{because=\"database\"} 0.0\n",
            "\nhikaricp_connections_max{pool=\"sender\"} ");

    smtp.once("RCPT", "450 4.2.0 greylisted");
    database.ready("e1", "ada");
    awaitMetric("rekindle_sender_retries_total{reason=\"DEFERRED\"} 1.0");
    database.endWaiting();
    awaitMetric("rekindle_sender_emails_total{reason=\"\",status=\"SENT\"} 1.0");
    smtp.once("RCPT", "550 5.1.1 <bea@example.com>: no such user");
    database.ready("e2", "bea");
    awaitMetric("rekindle_sender_retries_total{reason=\"UNCONFIRMED\"} 1.0");
    database.user("eve");
    database.ready("e5", "eve");
    awaitMetric("rekindle_sender_emails_total{reason=\"RECIPIENT_REFUSED\",status=\"FAILED\"} 1.0");
    database.execute("update shop.users set marketing_consent = false where user_id = 'cyd'");
    database.ready("e3", "cyd");
    awaitMetric("rekindle_sender_emails_total{reason=\"NO_CONSENT\",status=\"CANCELLED\"} 1.0");
    smtp.always("RCPT", "550 relaying denied");
    database.ready("e4", "dan");
    awaitMetric("rekindle_sender_paused_domains 1.0");

    assertThat(get("/metrics").body())
        .contains("\nrekindle_sender_retries_total{reason=\"SENDER_REFUSED\"} 1.0\n")
        .contains("\nrekindle_sender_smtp_seconds_count 5\n")
        .contains("\nrekindle_sender_paused{because=\"away\"} 0.0\n")
        .doesNotContain("@");
  }

  @Test
  void shouldKeepMetricsToItselfUnlessToldOtherwise() throws Exception {
    start();

    assertThat(get("/metrics").statusCode()).isEqualTo(404);
  }

  /** Servers and databases quote addresses in what they say. */
  @Test
  void shouldLogNobodysAddress(@TempDir Path directory) throws Exception {
    for (String name : List.of("ada", "bea", "cyd")) {
      database.user(name);
    }
    Path log = directory.resolve("sender.log");
    Process process = startProcess(directory);
    try {
      smtp.once("RCPT", "450 4.2.0 <ada@example.com> is greylisted");
      database.ready("e1", "ada");
      awaitLine(log, "Email e1 has to wait");
      refuse("before update of sent_at on engagement.emails");
      database.endWaiting();
      awaitLine(log, "Email e1 was sent, which is not stored");
    } finally {
      stop(process);
    }
    refuseNoMore();
    database.endLeases();
    process = startProcess(directory);
    try {
      awaitStatus("e1", "SENT");
      smtp.once("RCPT", "550 5.1.1 <bea@example.com>: no such user");
      database.ready("e2", "bea");
      awaitLine(log, "Email e2 has to wait");
      smtp.once("RCPT", "550 relaying denied for <cyd@example.com>");
      database.ready("e3", "cyd");
      awaitLine(log, "example.com rests until");
    } finally {
      stop(process);
    }

    assertThat(log).content().doesNotContain("@example.com");
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitLine(Path log, String words) throws Exception {
    Await.until(words, () -> Files.readString(log).contains(words));
  }

  private void awaitMetric(String line) throws Exception {
    Await.until(line, () -> get("/metrics").body().contains("\n" + line + "\n"));
  }

  /** Has the database refuse such a change. */
  private static void refuse(String change) throws SQLException {
    database.execute(
        "create function engagement.test_refuse() returns trigger language plpgsql"
            + " as $$ begin raise exception 'no' using detail = 'to ada@example.com'; end $$");
    database.execute(
        "create trigger test_refuse "
            + change
            + " for each row execute function engagement.test_refuse()");
  }

  private static void refuseNoMore() throws SQLException {
    database.execute("drop function engagement.test_refuse cascade");
  }

  private void start() throws Exception {
    sender = Sender.start(settings(Map.of()));
    assertThat(sender.port()).isPositive();
  }

  private SenderSettings settings(Map<String, String> others) throws InvalidSettingsException {
    Map<String, String> environment = environment();
    environment.putAll(others);
    SenderSettings settings = SenderSettings.of(SenderSettings.SETTINGS.read(environment));
    assertThat(settings.mode() == Mode.LOG).isEqualTo(settings.smtp() == null);
    return settings;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("REKINDLE_DATABASE_URL", database.url());
    environment.put("REKINDLE_SENDER_PORT", "0");
    environment.put("REKINDLE_SENDER_RATE", "100");
    environment.put("REKINDLE_SENDER_POLL", "20 ms");
    environment.put("REKINDLE_SMTP_HOST", "127.0.0.1");
    environment.put("REKINDLE_SMTP_PORT", Integer.toString(smtp.port()));
    environment.put("REKINDLE_SMTP_SECURITY", "none");
    environment.put("REKINDLE_SMTP_TIMEOUT", "20 s");
    environment.put("REKINDLE_MAIL_FROM", "hello@shop.example");
    environment.put("REKINDLE_MAIL_FROM_NAME", "Café Łódź");
    environment.put("REKINDLE_MAIL_REPLY_TO", "help@shop.example");
    environment.put("REKINDLE_MAIL_RETURN_PATH", "bounces@shop.example");
    environment.put("REKINDLE_MAIL_UNSUBSCRIBE_ADDRESS", "leave@shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_BASE_URL", "https://shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_SECRET", SECRET);
    return environment;
  }

  private Process startProcess(Path logs) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider",
            Sender.class.getName());
    builder.environment().putAll(environment());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logs.resolve("sender.log").toFile()));
    return builder.start();
  }

  /** A transport of a mail server that is not there. */
  private static MailTransport delivering(Function<OutgoingMessage, DeliveryResult> deliver) {
    return new MailTransport() {
      @Override
      public boolean connect() {
        return false;
      }

      @Override
      public DeliveryResult deliver(OutgoingMessage email, String address) {
        return deliver.apply(email);
      }

      @Override
      public void close() {}
    };
  }

  private static UnsubscribeLinks links() {
    return new UnsubscribeLinks("https://shop.example", SECRET);
  }

  private String health() throws Exception {
    return get("/health").body();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sender.port() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String lastReply(String emailId) throws SQLException {
    return database.value(
        "select last_reply from engagement.deliveries where email_id = ?", emailId);
  }

  private static void awaitStatus(String emailId, String status) throws Exception {
    Await.until(emailId + " is " + status, () -> status.equals(database.status(emailId)));
  }

  private static MimeMessage parse(Received mail) throws Exception {
    return new MimeMessage(
        null, new ByteArrayInputStream(mail.data().getBytes(StandardCharsets.ISO_8859_1)));
  }
}
