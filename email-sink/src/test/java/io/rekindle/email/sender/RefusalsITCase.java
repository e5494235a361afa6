package io.rekindle.email.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer.Received;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sender makes of refusals: of one email, of ten in a row, of one domain. */
class RefusalsITCase {

  private static final int EMAILS = 10;

  @RegisterExtension static final SenderDatabase database = new SenderDatabase();

  private final Map<String, String> environment = new HashMap<>();
  private ScriptedSmtpServer smtp;
  private Sender sender;

  @BeforeEach
  void startServer() throws IOException {
    smtp = new ScriptedSmtpServer();
    environment.put("REKINDLE_DATABASE_URL", database.url());
    environment.put("REKINDLE_SENDER_PORT", "0");
    environment.put("REKINDLE_SENDER_RATE", "100");
    environment.put("REKINDLE_SENDER_POLL", "20 ms");
    environment.put("REKINDLE_SENDER_METRICS_PUBLIC", "true");
    environment.put("REKINDLE_SMTP_HOST", "127.0.0.1");
    environment.put("REKINDLE_SMTP_PORT", Integer.toString(smtp.port()));
    environment.put("REKINDLE_SMTP_SECURITY", "none");
    environment.put("REKINDLE_MAIL_FROM", "hello@shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_BASE_URL", "https://shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_SECRET", "0123456789abcdef0123456789abcdef");
  }

  @AfterEach
  void stop() throws IOException {
    if (sender != null) {
      sender.close();
    }
    smtp.close();
  }

  /** Whatever the codes say: that all mailboxes are closed is the least likely cause. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | 550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown",
        "RCPT | 550 5.5.0 Requested action not taken: mailbox unavailable",
        "RCPT | 550 <ada@shop.example>: Bad DNS PTR resource record",
        "RCPT | 552 5.1.1 Recipient overquota",
        "RCPT | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list",
        "RCPT | 550 Mailbox unavailable or access denied",
        "RCPT | 550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        ".    | 550 5.4.5 Daily user sending limit exceeded",
        ".    | 554 5.2.252 SendAsDenied",
        ".    | 454 Throttling failure: Daily message quota exceeded",
        ".    | 550 5.1.1 no such user",
        ".    | 550 5.7.1 looks like spam",
        ".    | 554 5.6.0 malformed",
        "DATA | 554 5.5.1 no valid recipients",
        "MAIL | 550 5.1.0 sender rejected",
      })
  void shouldPauseAndBlameNobodyWhenTenOfTenAreRefused(String command, String reply)
      throws Exception {
    ready(EMAILS, "@example.com");
    smtp.always(command, reply);

    start();
    Await.until("paused", () -> get("/health").contains("\"sending\":\"PAUSED\""));

    assertThat(statuses()).isEqualTo("10 READY");
    assertThat(suppressions()).isEqualTo("0");
    Await.until("given back", () -> database.value(LEASED) == null);
    assertThat(Integer.parseInt(database.value("select sum(attempts) from engagement.deliveries")))
        .isLessThanOrEqualTo(3);
  }

  /** The same of ten domains, one after another and after a second attempt. */
  @Test
  void shouldBlameNobodyWhenTenDomainsRefuseAll() throws Exception {
    for (int n = 0; n < EMAILS; n++) {
      email("e" + n, "reader@d" + n + ".example");
    }
    environment.put("REKINDLE_SENDER_RETRY", "1 s");
    smtp.always("RCPT", "550 5.1.1 user unknown");

    start();
    Await.until("paused", () -> get("/health").contains("\"sending\":\"PAUSED\""));

    assertThat(statuses()).isEqualTo("10 READY");
    assertThat(suppressions()).isEqualTo("0");
    assertThat(smtp.commands().stream().filter(line -> line.startsWith("RCPT")).count())
        .isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RECIPIENT_REFUSED | 1 | 550 5.5.0 Requested action not taken: mailbox unavailable",
        "RECIPIENT_REFUSED | 1 | 550 5.7.1 No such user",
        "RECIPIENT_REFUSED | 1 | 550 5.1.1 user unknown",
        "MESSAGE_REFUSED   | 0 | 552 5.1.1 Recipient overquota",
        "MESSAGE_REFUSED   | 0 | 550 5.2.2 mailbox full",
        "MESSAGE_REFUSED   | 0 | 550 5.4.1 Recipient address rejected: Access denied",
      })
  void shouldSendTheOtherNineAtOnceWhenOneIsRefused(
      String reason, String suppressions, String reply) throws Exception {
    ready(EMAILS, "@example.com");
    smtp.always("RCPT", "u0@", reply);

    start();

    awaitStatus("e0", "FAILED " + reason);
    for (int n = 1; n < EMAILS; n++) {
      awaitStatus("e" + n, "SENT");
    }
    assertThat(suppressions()).isEqualTo(suppressions);
    assertThat(get("/health")).doesNotContain("PAUSED");
  }

  @Test
  void shouldBelieveTheOnlyRefusalThatThereIsWhenItComesAgain() throws Exception {
    email("e0", "ada@example.com");
    environment.put("REKINDLE_SENDER_RETRY", "1 s");
    smtp.always("RCPT", "550 5.1.1 user unknown");

    start();
    awaitStatus("e0", "FAILED RECIPIENT_REFUSED");

    assertThat(suppressions()).isEqualTo("1");
    assertThat(database.value("select attempts from engagement.deliveries")).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | 550 <ada@shop.example>: Bad DNS PTR resource record",
        "RCPT | 421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
        "RCPT | 550 5.1.1 user unknown",
        ".    | 550 Ip frequency limited",
        "RCPT | 451 4.7.1 greylisted",
      })
  void shouldNotHoldOtherDomainsForTheTroubleOfOne(String command, String reply) throws Exception {
    for (int n = 0; n < EMAILS; n++) {
      email("bad" + n, "u" + n + "@bad.example");
    }
    for (int n = 0; n < EMAILS; n++) {
      email("good" + n, "u" + n + "@good.example");
    }
    smtp.always(command, "bad.example", reply);

    start();
    for (int n = 0; n < EMAILS; n++) {
      awaitStatus("good" + n, "SENT");
    }

    assertThat(statuses()).isEqualTo("10 READY, 10 SENT");
    assertThat(suppressions()).isEqualTo("0");
    assertThat(get("/health")).contains("\"sending\":\"UP\"").contains("\"pausedDomains\":1");
    assertThat(get("/metrics")).contains("\nrekindle_sender_paused_domains 1.0\n");
    assertThat(
            database.value(
                "select max(attempts) || ' ' || (sum(attempts) <= 3)::text from"
                    + " engagement.deliveries where email_id like 'bad%'"))
        .endsWith(" true");
  }

  @Test
  void shouldGoOnWithADomainOnceItTakesEmailsAgain() throws Exception {
    environment.put("REKINDLE_SENDER_RETRY", "1 s");
    for (int n = 0; n < EMAILS; n++) {
      email("e" + n, "u" + n + "@bad.example");
    }
    smtp.always("RCPT", "bad.example", "550 5.7.1 blocked, see the block list");
    start();
    Await.until("paused", () -> get("/health").contains("\"sending\":\"PAUSED\""));

    smtp.asUsual("RCPT", "bad.example");

    for (int n = 0; n < EMAILS; n++) {
      awaitStatus("e" + n, "SENT");
    }
    assertThat(get("/health")).contains("\"sending\":\"UP\"").contains("\"pausedDomains\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "454 Throttling failure: Daily message quota exceeded",
        "550 5.4.5 Daily user sending limit exceeded"
      })
  void shouldCostAnEmailNoAttemptThatTheAccountIsOverItsQuota(String reply) throws Exception {
    email("e0", "ada@example.com");
    smtp.always(".", reply);

    start();
    Await.until("paused", () -> get("/metrics").contains("paused{because=\"refused\"} 1.0"));

    assertThat(database.value("select attempts || ' ' || unconfirmed from engagement.deliveries"))
        .isEqualTo("0 0");
    assertThat(database.status("e0")).isEqualTo("READY");
  }

  /** Longer than for other responses: a server may check a message before it answers. */
  @Test
  void shouldWaitLongForTheAnswerToAMessage() throws Exception {
    environment.put("REKINDLE_SMTP_TIMEOUT", "1 s");
    email("e0", "ada@example.com");
    CountDownLatch never = new CountDownLatch(1);
    smtp.beforeAnswerToMessage(
        () -> {
          try {
            assertThat(never.await(2, TimeUnit.SECONDS)).isFalse();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    start();
    awaitStatus("e0", "SENT");

    assertThat(smtp.received()).hasSize(1);
    assertThat(database.value("select attempts from engagement.deliveries")).isEqualTo("1");
  }

  @Test
  void shouldMakeOneFurtherCopyWhenTheAnswerToAMessageIsLost() throws Exception {
    environment.put("REKINDLE_SENDER_RETRY", "1 s");
    email("e0", "ada@example.com");
    smtp.always(".", ScriptedSmtpServer.DROP);

    start();
    awaitStatus("e0", "FAILED UNCONFIRMED");

    assertThat(smtp.received()).hasSize(2);
    assertThat(smtp.received())
        .extracting(mail -> mail.header("Message-ID"))
        .containsOnly("<e0@shop.example>");
    // The reader may have it, so it counts as a contact.
    database.ready("next", database.value("select user_id from shop.users"));
    awaitStatus("next", "CANCELLED RECENTLY_CONTACTED");
  }

  @ParameterizedTest
  @CsvSource({
    "ada@faß.example, ada@xn--fa-hia.example",
    "ada@BÜCHER.example, ada@xn--bcher-kva.example",
    "ada@пример.рф, ada@xn--e1afmkfd.xn--p1ai",
  })
  void shouldSendToInternationalDomains(String address, String sent) throws Exception {
    email("e0", address);

    start();
    awaitStatus("e0", "SENT");

    assertThat(smtp.received().get(0).to()).isEqualTo("RCPT TO:<" + sent + ">");
    assertThat(smtp.received().get(0).header("To")).isEqualTo(sent);
  }

  @Test
  void shouldSendToLettersLeftOfTheAtSignWhereTheServerTakesThem() throws Exception {
    smtp.offer("8BITMIME", "SMTPUTF8");
    email("e0", "дом@bücher.example");
    email("e1", "ada@example.com");

    start();
    awaitStatus("e0", "SENT");
    awaitStatus("e1", "SENT");

    Received mail = smtp.received().get(0);
    // The server reads bytes.
    String bytes = new String("дом".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(mail.from()).isEqualTo("MAIL FROM:<hello@shop.example> SMTPUTF8");
    assertThat(mail.to()).isEqualTo("RCPT TO:<" + bytes + "@xn--bcher-kva.example>");
    assertThat(mail.header("To")).isEqualTo(bytes + "@xn--bcher-kva.example");
    assertThat(smtp.received().get(1).from()).isEqualTo("MAIL FROM:<hello@shop.example>");
  }

  @Test
  void shouldCancelWhereTheServerDoesNotTakeSuchLetters() throws Exception {
    email("e0", "дом@example.com");
    email("e1", "ada@example.com");

    start();

    awaitStatus("e0", "CANCELLED NO_ADDRESS");
    awaitStatus("e1", "SENT");
    assertThat(smtp.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ada@example.com", "ADA@Example.com", "ada@xn--fa-hia.example", "ada@faß.example"})
  void shouldNotWriteToTheOtherAccountOfWhoUnsubscribed(String other) throws Exception {
    String address = other.endsWith("xample.com") ? "ada@example.com" : "ada@faß.example";
    email("e0", address);
    email("e1", other);
    database.execute(
        "insert into engagement.suppressions (user_id, reason)"
            + " select user_id, 'UNSUBSCRIBED' from engagement.emails where email_id = 'e0'");

    start();

    awaitStatus("e0", "CANCELLED SUPPRESSED");
    awaitStatus("e1", "CANCELLED SUPPRESSED");
    assertThat(smtp.received()).isEmpty();
  }

  @Test
  void shouldWriteToAnAddressOnceWithinTheCooldown() throws Exception {
    email("e0", "ada@example.com");
    email("e1", "Ada@EXAMPLE.com");

    start();

    awaitStatus("e0", "SENT");
    awaitStatus("e1", "CANCELLED RECENTLY_CONTACTED");
    assertThat(smtp.received()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"false, SENT", "true, CANCELLED SUPPRESSED"})
  void shouldFoldSubaddressesIfToldTo(boolean fold, String status) throws Exception {
    database.execute("update engagement.outreach_settings set fold_subaddresses = ?", fold);
    email("e0", "ada@example.com");
    email("e1", "ada+shop@example.com");
    database.execute(
        "insert into engagement.suppressions (user_id, reason)"
            + " select user_id, 'UNSUBSCRIBED' from engagement.emails where email_id = 'e0'");

    start();

    awaitStatus("e1", status);
  }

  /** The row of the merged account goes, its suppression stays. */
  @Test
  void shouldKeepASuppressionWhenClientsAreMerged() throws Exception {
    email("e0", "ada@example.com");
    database.execute(
        "insert into engagement.suppressions (user_id, reason)"
            + " select user_id, 'UNSUBSCRIBED' from engagement.emails where email_id = 'e0'");
    database.execute("delete from shop.users");
    email("same", "ada@example.com");
    email("other", "bea@example.com");
    database.execute(
        "select engagement.merge_suppression("
            + "(select user_id from engagement.emails where email_id = 'e0'),"
            + " (select user_id from engagement.emails where email_id = 'other'))");

    start();

    awaitStatus("same", "CANCELLED SUPPRESSED");
    awaitStatus("other", "CANCELLED SUPPRESSED");
  }

  private static final String LEASED =
      "select 1 from engagement.deliveries where leased_by is not null";

  private void start() throws Exception {
    sender = Sender.start(SenderSettings.of(SenderSettings.SETTINGS.read(environment)));
  }

  private static void ready(int emails, String domain) throws SQLException {
    for (int n = 0; n < emails; n++) {
      email("e" + n, "u" + n + domain);
    }
  }

  /** An email that is ready, to a user of its own. */
  private static void email(String emailId, String address) throws SQLException {
    database.execute(
        "insert into shop.users (user_id, email, marketing_consent) values (?, ?, true)",
        "user-" + emailId,
        address);
    database.ready(emailId, "user-" + emailId);
  }

  private static String statuses() throws SQLException {
    return database.value(
        "select string_agg(n || ' ' || status, ', ' order by status) from ("
            + "select count(*) as n, status || coalesce(' ' || status_reason, '') as status"
            + " from engagement.emails group by 2) as counts");
  }

  private static String suppressions() throws SQLException {
    return database.value("select count(*) from engagement.suppressions");
  }

  private static void awaitStatus(String emailId, String status) throws Exception {
    Await.until(emailId + " is " + status, () -> status.equals(database.status(emailId)));
  }

  private String get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sender.port() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
