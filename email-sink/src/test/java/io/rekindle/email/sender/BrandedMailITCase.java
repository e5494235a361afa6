package io.rekindle.email.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer;
import io.rekindle.email.sender.smtp.ScriptedSmtpServer.Received;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Brands, approvals and tests between a real Postgres and a real SMTP conversation. */
class BrandedMailITCase {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

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
  void shouldSendInTheNameOfTheBrandOfTheEmail() throws Exception {
    version("v1", brand("Fern & Fable", "fern@shop.example", null), "FREE");
    brand("A later one", null, null);
    email("e1", "v1");
    database.user("bea");
    database.ready("external", "bea");

    start();
    awaitStatus("e1", "SENT");
    awaitStatus("external", "SENT");

    Received branded = mail("<e1@shop.example>");
    assertThat(branded.header("From")).isEqualTo("Fern & Fable <hello@shop.example>");
    assertThat(branded.header("Reply-To")).isEqualTo("fern@shop.example");
    Received external = mail("<external@shop.example>");
    assertThat(external.header("From")).isEqualTo("The shop <hello@shop.example>");
    assertThat(external.header("Reply-To")).isEqualTo("help@shop.example");
  }

  @Test
  void shouldCarryAnUploadedLogoBesideTheDocument() throws Exception {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(30, 10, BufferedImage.TYPE_INT_RGB), "png", png);
    String data = Base64.getEncoder().encodeToString(png.toByteArray());
    version("v1", brand(null, null, "data:image/png;base64," + data), "FREE");
    email("e1", "v1");
    database.execute("update engagement.emails set html = '<p><img src=\"cid:logo\"></p>'");

    start();
    awaitStatus("e1", "SENT");

    MimeMultipart parts = (MimeMultipart) parse(smtp.received().get(0)).getContent();
    assertThat(parts.getContentType()).startsWith("multipart/alternative");
    MimeMultipart related = (MimeMultipart) parts.getBodyPart(1).getContent();
    assertThat(related.getContentType()).startsWith("multipart/related");
    assertThat(related.getBodyPart(0).getContent()).isEqualTo("<p><img src=\"cid:logo\"></p>");
    BodyPart logo = related.getBodyPart(1);
    assertThat(logo.getHeader("Content-ID")).containsExactly("<logo>");
    assertThat(logo.getContentType()).startsWith("image/png");
    assertThat(logo.getInputStream().readAllBytes()).isEqualTo(png.toByteArray());
  }

  @Test
  void shouldSendNothingOfAVersionUntilItIsApproved() throws Exception {
    database.execute("update engagement.review_settings set review_first = 2");
    version("new", 1, "WAITING");
    version("known", 1, "FREE");
    email("e1", "new");
    email("e2", "known");

    start();
    awaitStatus("e2", "SENT");
    assertThat(database.status("e1")).isEqualTo("READY");
    assertThat(database.value("select count(*) from engagement.deliveries where email_id = 'e1'"))
        .as("attempts to take it")
        .isEqualTo("0");

    database.execute(
        "update engagement.content_versions set review = 'APPROVED', approved_by = 'ann'"
            + " where content_version = 'new'");
    awaitStatus("e1", "SENT");
  }

  @Test
  void shouldCancelWhatWasRejected() throws Exception {
    database.execute("update engagement.review_settings set review_first = 2");
    version("new", 1, "REJECTED");
    email("e1", "new");

    start();

    awaitStatus("e1", "CANCELLED REJECTED");
    assertThat(smtp.received()).isEmpty();
  }

  @Test
  void shouldLetAnEmailExpireThatWaitsForApproval() throws Exception {
    database.execute("update engagement.review_settings set review_first = 2");
    version("new", 1, "WAITING");
    email("e1", "new");
    database.execute("update engagement.emails set generated_at = now() - interval '73 hours'");

    start();

    awaitStatus("e1", "CANCELLED EXPIRED");
  }

  @Test
  void shouldSendNoMoreThanOneApprovalAllows() throws Exception {
    database.execute("update engagement.review_settings set review_first = 2, four_eyes_above = 3");
    version("new", 1, "APPROVED");
    for (int i = 0; i < 8; i++) {
      email("e" + i, "new");
    }
    version("last", 1, "FREE");

    start();
    awaitSent(3);
    // An email that comes later leaves, so the sender has gone past the others.
    email("later", "last");
    awaitStatus("later", "SENT");
    assertThat(sent("new")).isEqualTo(3);

    database.execute(
        "update engagement.content_versions set second_by = 'bob' where content_version = 'new'");
    awaitSent(8);
  }

  @Test
  void shouldSendATestThatSaysSoAndCountsNowhere() throws Exception {
    database.execute("update engagement.outreach_settings set enabled = false, daily_cap = 0");
    database.user("ada");
    String preview = UnsubscribeLinks.PREVIEW;
    database.execute(
        "insert into engagement.test_emails (test_id, user_id, recipient, subject, html, text,"
            + " brand_version, requested_by) values ('test-1', 'ada', 'me@shop.example',"
            + " 'Neues für Jürgen', ?, ?, 1, 'me')",
        "<p><a href=\"" + preview + "\">x</a></p>",
        "Leave: " + preview);

    start();
    awaitTest("SENT");

    Received mail = smtp.received().get(0);
    assertThat(mail.to()).isEqualTo("RCPT TO:<me@shop.example>");
    assertThat(mail.header("X-Rekindle-Test")).isEqualTo("yes");
    MimeMessage message = parse(mail);
    assertThat(message.getSubject()).isEqualTo("[Test] Neues für Jürgen");
    String link = new UnsubscribeLinks("https://shop.example", SECRET).url("test-1");
    MimeMultipart parts = (MimeMultipart) message.getContent();
    assertThat(parts.getBodyPart(0).getContent()).isEqualTo("Leave: " + link);
    assertThat((String) parts.getBodyPart(1).getContent()).contains("href=\"" + link + "\"");
    assertThat(
            database.value(
                "select html || text || (sent_at is not null) from engagement.test_emails"))
        .isEqualTo("true");
    assertThat(
            database.value(
                "select (select count(*) from engagement.emails)"
                    + " + (select count(*) from engagement.deliveries)"))
        .isEqualTo("0");

    String path = link.substring("https://shop.example".length());
    HttpResponse<String> left =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sender.port() + path))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(left.statusCode()).isEqualTo(200);
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  @Test
  void shouldSayWhyATestWasRefused() throws Exception {
    smtp.once("RCPT", "550 5.1.1 no such user");
    database.execute(
        "insert into engagement.test_emails (user_id, recipient, subject, html, text,"
            + " brand_version, requested_by)"
            + " values ('ada', 'me@shop.example', 'Hello', '', 'Hello', 1, 'me')");

    start();
    awaitTest("FAILED");

    assertThat(database.value("select last_error from engagement.test_emails"))
        .contains("5.1.1 no such user");
    assertThat(database.value("select count(*) from engagement.suppressions")).isEqualTo("0");
  }

  private static int brand(String senderName, String replyTo, String logo) throws SQLException {
    return Integer.parseInt(
        database.value(
            "insert into engagement.brands (logo_data, background, paper, text_color, accent,"
                + " button_text, footer_text, heading_font, body_font, sender_name, reply_to)"
                + " values (?, '#ffffff', '#ffffff', '#000000', '#000000', '#ffffff', '#000000',"
                + " 'GEORGIA', 'VERDANA', ?, ?) returning version",
            logo,
            senderName,
            replyTo));
  }

  private static void version(String id, int brand, String review) throws SQLException {
    database.execute(
        "insert into engagement.content_versions (content_version, variant, prompt, brand_version,"
            + " review) values (?, 'warm', 'winback-v1', ?, ?)",
        id,
        brand,
        review);
  }

  private static void email(String emailId, String version) throws SQLException {
    database.user(emailId);
    database.ready(emailId, emailId);
    database.execute(
        "update engagement.emails set content_version = ? where email_id = ?", version, emailId);
  }

  private static int sent(String version) throws SQLException {
    return Integer.parseInt(
        database.value(
            "select count(*) from engagement.emails where content_version = ? and status = 'SENT'",
            version));
  }

  private static void awaitSent(int emails) throws Exception {
    Await.until(emails + " sent", () -> sent("new") == emails);
  }

  private static void awaitStatus(String emailId, String status) throws Exception {
    Await.until(emailId + " is " + status, () -> status.equals(database.status(emailId)));
  }

  private static void awaitTest(String status) throws Exception {
    Await.until(
        "the test is " + status,
        () -> status.equals(database.value("select status from engagement.test_emails")));
  }

  private Received mail(String messageId) {
    return smtp.received().stream()
        .filter(mail -> mail.header("Message-ID").equals(messageId))
        .findFirst()
        .orElseThrow();
  }

  private static MimeMessage parse(Received mail) throws Exception {
    return new MimeMessage(
        null, new ByteArrayInputStream(mail.data().getBytes(StandardCharsets.ISO_8859_1)));
  }

  private void start() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("REKINDLE_DATABASE_URL", database.url());
    environment.put("REKINDLE_SENDER_PORT", "0");
    environment.put("REKINDLE_SENDER_RATE", "100");
    environment.put("REKINDLE_SENDER_POLL", "20 ms");
    environment.put("REKINDLE_SMTP_HOST", "127.0.0.1");
    environment.put("REKINDLE_SMTP_PORT", Integer.toString(smtp.port()));
    environment.put("REKINDLE_SMTP_SECURITY", "none");
    environment.put("REKINDLE_MAIL_FROM", "hello@shop.example");
    environment.put("REKINDLE_MAIL_FROM_NAME", "The shop");
    environment.put("REKINDLE_MAIL_REPLY_TO", "help@shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_BASE_URL", "https://shop.example");
    environment.put("REKINDLE_UNSUBSCRIBE_SECRET", SECRET);
    sender = Sender.start(SenderSettings.of(SenderSettings.SETTINGS.read(environment)));
  }
}
