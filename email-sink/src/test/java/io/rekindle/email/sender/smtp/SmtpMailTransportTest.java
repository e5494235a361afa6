package io.rekindle.email.sender.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.outbox.MailTransport.TransportException;
import io.rekindle.email.sender.settings.SenderSettings.Identity;
import io.rekindle.email.sender.settings.SenderSettings.Security;
import io.rekindle.email.sender.settings.SenderSettings.Smtp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SmtpMailTransportTest {

  /** Without a sign-in, the library takes localhost unless the call names the host again. */
  @Test
  void shouldTalkToTheServerThatIsNamedWhenNobodySignsIn() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer();
        SmtpMailTransport elsewhere = transport("127.0.0.2", smtp.port());
        SmtpMailTransport here = transport("127.0.0.1", smtp.port())) {
      assertThatThrownBy(elsewhere::connect)
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("127.0.0.2");
      assertThat(smtp.commands()).isEmpty();

      assertThat(here.connect()).isTrue();
      assertThat(smtp.commands()).anyMatch(command -> command.startsWith("EHLO"));
    }
  }

  private static SmtpMailTransport transport(String host, int port) {
    return new SmtpMailTransport(
        new Smtp(host, port, Security.NONE, "", "", Duration.ofSeconds(20), Duration.ofMinutes(10)),
        new Identity("hello@shop.example", "", null, "hello@shop.example", null, "shop.example"),
        new UnsubscribeLinks("https://shop.example", "0123456789abcdef0123456789abcdef"));
  }
}
