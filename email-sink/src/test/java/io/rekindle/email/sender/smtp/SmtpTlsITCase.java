package io.rekindle.email.sender.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.outbox.DeliveryResult;
import io.rekindle.email.sender.outbox.MailTransport.TransportException;
import io.rekindle.email.sender.outbox.OutgoingMessage;
import io.rekindle.email.sender.outbox.OutgoingMessage.Branding;
import io.rekindle.email.sender.settings.SenderSettings.Identity;
import io.rekindle.email.sender.settings.SenderSettings.Security;
import io.rekindle.email.sender.settings.SenderSettings.Smtp;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and signing in, with a certificate made for the test. */
class SmtpTlsITCase {

  private static final String PASSWORD = "changeit";
  private static final OutgoingMessage EMAIL =
      new OutgoingMessage(
          "e1",
          "Hello",
          "Hello",
          "<p>Hello</p>",
          Branding.NONE,
          false,
          Instant.parse("2026-01-10T12:00:00Z"));

  @TempDir static Path directory;
  private static SSLContext tls;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = directory.resolve("smtp.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                "smtp",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(file)) {
      store.load(stream, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  @Test
  void shouldSignInOnlyAfterStartTls() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer(tls);
        SmtpMailTransport transport = transport(smtp, "localhost", Security.STARTTLS, true)) {
      smtp.offer("AUTH PLAIN");
      transport.connect();

      assertThat(transport.deliver(EMAIL, "ada@example.com"))
          .isInstanceOf(DeliveryResult.Accepted.class);
      assertThat(smtp.commands().subList(0, 4))
          .containsExactly(
              "EHLO shop.example",
              "STARTTLS",
              "EHLO shop.example",
              "AUTH PLAIN "
                  + Base64.getEncoder()
                      .encodeToString("shop\0shop\0pa55".getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Test
  void shouldSendNothingToAServerWithoutTls() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer();
        SmtpMailTransport transport = transport(smtp, "localhost", Security.STARTTLS, true)) {
      smtp.offer("AUTH PLAIN");

      assertThatThrownBy(transport::connect)
          .isInstanceOfSatisfying(TransportException.class, e -> assertThat(e.refused()).isTrue())
          .hasMessageContaining("offers no STARTTLS");
      assertThat(smtp.commands()).noneMatch(line -> line.startsWith("AUTH"));
    }
  }

  @Test
  void shouldNotTrustACertificateOfSomebodyElse() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer(tls)) {
      try (SmtpMailTransport transport = transport(smtp, "127.0.0.1", Security.STARTTLS, true)) {
        assertThatThrownBy(transport::connect)
            .isInstanceOf(TransportException.class)
            .hasMessageContaining("no TLS with 127.0.0.1");
      }
      try (SmtpMailTransport transport = transport(smtp, "localhost", Security.STARTTLS, false)) {
        assertThatThrownBy(transport::connect)
            .isInstanceOf(TransportException.class)
            .hasMessageContaining("no TLS with localhost");
      }
    }
  }

  @Test
  void shouldGoWithoutTlsIfThatIsAllowed() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer();
        SmtpMailTransport transport =
            transport(smtp, "localhost", Security.STARTTLS_IF_OFFERED, true)) {
      assertThat(transport.connect()).isTrue();
      assertThat(transport.connect()).isFalse();
    }
  }

  @Test
  void shouldSayThatAPasswordIsWrongWithoutRepeatingIt() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer(tls);
        SmtpMailTransport transport = transport(smtp, "localhost", Security.STARTTLS, true)) {
      smtp.offer("AUTH PLAIN");
      smtp.always("AUTH", "535 5.7.8 wrong");

      assertThatThrownBy(transport::connect)
          .isInstanceOfSatisfying(TransportException.class, e -> assertThat(e.refused()).isTrue())
          .hasMessageContaining("does not let the user sign in: 535 5.7.8 wrong")
          .hasMessageNotContaining("pa55");
    }
  }

  @Test
  void shouldWaitForAServerThatIsNotThere() throws Exception {
    ScriptedSmtpServer smtp = new ScriptedSmtpServer();
    smtp.close();
    try (SmtpMailTransport transport = transport(smtp, "localhost", Security.STARTTLS, true)) {
      assertThatThrownBy(transport::connect)
          .isInstanceOfSatisfying(TransportException.class, e -> assertThat(e.refused()).isFalse())
          .hasMessageContaining("does not answer");
    }
  }

  private static SmtpMailTransport transport(
      ScriptedSmtpServer server, String host, Security security, boolean trusting) {
    return new SmtpMailTransport(
        new Smtp(
            host,
            server.port(),
            security,
            "shop",
            "pa55",
            Duration.ofSeconds(20),
            Duration.ofMinutes(10)),
        new Identity("hello@shop.example", "", null, "hello@shop.example", null, "shop.example"),
        new UnsubscribeLinks("https://shop.example", "0123456789abcdef0123456789abcdef"),
        trusting ? tls.getSocketFactory() : null);
  }
}
