package io.rekindle.email.sender.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.Await;
import io.rekindle.email.sender.Sender;
import io.rekindle.email.sender.SenderDatabase;
import io.rekindle.email.sender.settings.SenderSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsubscribeITCase {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String OLD = "an-old-secret-of-thirty-two-letters";
  private static final String OLDER = "an-older-secret-of-thirty-two-letters";
  private static final BodyPublisher ONE_CLICK =
      BodyPublishers.ofString("List-Unsubscribe=One-Click");

  @RegisterExtension static final SenderDatabase database = new SenderDatabase();

  private final HttpClient http = HttpClient.newHttpClient();
  private Sender sender;
  private UnsubscribeLinks links;

  @BeforeEach
  void start() throws Exception {
    sender =
        Sender.start(
            SenderSettings.of(
                SenderSettings.SETTINGS.read(
                    Map.of(
                        "REKINDLE_DATABASE_URL", database.url(),
                        "REKINDLE_SENDER_PORT", "0",
                        "REKINDLE_SENDER_MODE", "log",
                        "REKINDLE_SENDER_POLL", "20 ms",
                        "REKINDLE_UNSUBSCRIBE_BASE_URL", "https://shop.example",
                        "REKINDLE_UNSUBSCRIBE_SECRET", SECRET,
                        "REKINDLE_UNSUBSCRIBE_OLD_SECRETS", OLDER + "," + OLD))));
    links = new UnsubscribeLinks("http://127.0.0.1:" + sender.port(), SECRET);
    database.user("ada");
    database.execute(
        "insert into engagement.emails (email_id, user_id, status) values ('e1', 'ada', 'SENT')");
  }

  @AfterEach
  void stop() {
    sender.close();
  }

  @Test
  void shouldAskAndChangeNothingOnGet() throws Exception {
    HttpResponse<String> page = get(links.url("e1"));

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.body())
        .contains("<form method=\"post\">", "<button type=\"submit\">Unsubscribe</button>")
        .doesNotContain("<script", "src=", "href=", "ada");
    assertThat(suppressions()).isEqualTo("0");
  }

  @Test
  void shouldUnsubscribeByOneClickAtOnce() throws Exception {
    HttpResponse<String> page = post(links.url("e1"), ONE_CLICK);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("You are unsubscribed");
    assertThat(
            database.value(
                "select user_id || ' ' || reason || ' ' || (address is null) || ' ' || detail"
                    + " from engagement.suppressions"))
        .isEqualTo("ada UNSUBSCRIBED true by the link in email e1");
    database.ready("e2", "ada");
    Await.until("e2 is cancelled", () -> "CANCELLED SUPPRESSED".equals(database.status("e2")));
  }

  @ParameterizedTest
  @ValueSource(strings = {OLD, OLDER})
  void shouldTakeLinksThatAnOldSecretSigned(String secret) throws Exception {
    UnsubscribeLinks sent = new UnsubscribeLinks("http://127.0.0.1:" + sender.port(), secret);

    assertThat(post(sent.url("e1"), ONE_CLICK).statusCode()).isEqualTo(200);
    assertThat(suppressions()).isEqualTo("1");
  }

  @Test
  void shouldDoNothingTheSecondTime() throws Exception {
    post(links.url("e1"), ONE_CLICK);
    String first = database.value("select created_at from engagement.suppressions");

    assertThat(post(links.url("e1"), ONE_CLICK).statusCode()).isEqualTo(200);
    assertThat(database.value("select created_at from engagement.suppressions")).isEqualTo(first);
  }

  @Test
  void shouldMakeOfAnAddressThatBouncedAPersonWhoLeft() throws Exception {
    database.execute(
        "insert into engagement.suppressions (user_id, address, reason)"
            + " values ('ada', 'old@example.com', 'BOUNCED')");

    post(links.url("e1"), ONE_CLICK);

    assertThat(
            database.value("select reason || coalesce(address, '') from engagement.suppressions"))
        .isEqualTo("UNSUBSCRIBED");
  }

  @Test
  void shouldKeepAnEarlierSuppressionOfThePerson() throws Exception {
    database.execute(
        "insert into engagement.suppressions (user_id, reason) values ('ada', 'COMPLAINT')");

    assertThat(post(links.url("e1"), ONE_CLICK).statusCode()).isEqualTo(200);
    assertThat(database.value("select reason from engagement.suppressions")).isEqualTo("COMPLAINT");
  }

  @Test
  void shouldAnswerEveryWrongLinkAlike() throws Exception {
    String right = links.url("e1");
    String token = right.substring(right.lastIndexOf('/') + 1);
    String base = "http://127.0.0.1:" + sender.port();
    String notFound = get(base + "/").body();
    for (String wrong :
        new String[] {
          "/unsubscribe/e2/" + token,
          "/unsubscribe/e1/" + token.substring(1),
          "/unsubscribe/e1/" + token + "A",
          "/unsubscribe/e1/",
          "/unsubscribe/e1",
          "/unsubscribe/",
          "/unsubscribe",
          "/unsubscribe/e1/" + token + "/",
          "/unsubscribe//e1/" + token,
          "/unsubscribe/%ff%fe/" + token,
          "/unsubscribe/%00/" + token,
          "/unsubscribe/..%2f..%2fetc%2fpasswd/" + token,
          "/unsubscribe/%3Cscript%3E/" + token,
          "/unsubscribe/" + "a".repeat(5_000) + "/" + token,
          "/healthy"
        }) {
      HttpResponse<String> got = get(base + wrong);
      HttpResponse<String> posted = post(base + wrong, ONE_CLICK);

      assertThat(got.statusCode()).as(wrong).isEqualTo(404);
      assertThat(got.body()).as(wrong).isEqualTo(notFound);
      assertThat(posted.statusCode()).as(wrong).isEqualTo(404);
      assertThat(posted.body()).as(wrong).isEqualTo(notFound);
    }
    assertThat(suppressions()).isEqualTo("0");
  }

  @Test
  void shouldNotTellThatAnEmailIsGone() throws Exception {
    HttpResponse<String> posted = post(links.url("gone"), ONE_CLICK);

    assertThat(posted.statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACEROUTE"})
  void shouldRefuseOtherMethods(String method) throws Exception {
    HttpResponse<String> refused = send(links.url("e1"), method, BodyPublishers.noBody());

    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
    assertThat(suppressions()).isEqualTo("0");
  }

  @Test
  void shouldAnswerHeadWithoutABody() throws Exception {
    HttpResponse<String> head = send(links.url("e1"), "HEAD", BodyPublishers.noBody());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void shouldRefuseAHugeBody() throws Exception {
    HttpResponse<String> refused =
        post(links.url("e1"), BodyPublishers.ofByteArray(new byte[50_000]));

    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(suppressions()).isEqualTo("0");
  }

  @Test
  void shouldTakeTheFormOfRfc8058InItsOtherEncoding() throws Exception {
    String body =
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";

    assertThat(post(links.url("e1"), BodyPublishers.ofString(body)).statusCode()).isEqualTo(200);
    assertThat(suppressions()).isEqualTo("1");
  }

  @Test
  void shouldLetNoPageDoAnything() throws Exception {
    for (HttpResponse<String> page :
        List.of(
            get(links.url("e1")), get(links.url("e1") + "x"), post(links.url("e1"), ONE_CLICK))) {
      assertThat(page.headers().map())
          .containsKeys("content-security-policy", "x-frame-options", "x-robots-tag")
          .containsEntry("cache-control", List.of("no-store"))
          .containsEntry("referrer-policy", List.of("no-referrer"))
          .containsEntry("x-content-type-options", List.of("nosniff"));
      assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'none'; style-src 'sha256-")
          .contains("form-action 'self'", "frame-ancestors 'none'");
    }
  }

  @Test
  void shouldAnswerNonsenseCleanly() throws Exception {
    for (String nonsense :
        new String[] {
          "GET /unsubscribe/\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n",
          "NONSENSE\r\n\r\n",
          "GET ../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"
        }) {
      assertThat(raw(nonsense)).matches("(?s)HTTP/1\\.1 4\\d\\d .*|");
    }
    assertThat(get(links.url("e1")).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldSayHowItIs() throws Exception {
    HttpResponse<String> health = get("http://127.0.0.1:" + sender.port() + "/health");

    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .isEqualTo(
            "{\"status\":\"UP\",\"database\":\"UP\",\"sending\":\"UP\",\"pausedDomains\":0}");
    assertThat(post("http://127.0.0.1:" + sender.port() + "/health", ONE_CLICK).statusCode())
        .isEqualTo(405);
  }

  private String suppressions() throws Exception {
    return database.value("select count(*) from engagement.suppressions");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sender.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private HttpResponse<String> get(String url) throws Exception {
    return send(url, "GET", BodyPublishers.noBody());
  }

  private HttpResponse<String> post(String url, BodyPublisher body) throws Exception {
    return send(url, "POST", body);
  }

  private HttpResponse<String> send(String url, String method, BodyPublisher body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).method(method, body).build(),
        BodyHandlers.ofString());
  }
}
