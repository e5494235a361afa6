package io.rekindle.email.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.Courier.ServerTrouble;
import io.rekindle.email.sender.SenderSettings.Identity;
import io.rekindle.email.sender.SenderSettings.Security;
import io.rekindle.email.sender.SenderSettings.Smtp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SmtpCourierTest {

  /** The library takes localhost when nobody signs in and it is not told the host once more. */
  @Test
  void shouldTalkToTheServerThatIsNamedWhenNobodySignsIn() throws Exception {
    try (ScriptedSmtpServer smtp = new ScriptedSmtpServer();
        SmtpCourier elsewhere = courier("127.0.0.2", smtp.port());
        SmtpCourier here = courier("127.0.0.1", smtp.port())) {
      assertThatThrownBy(elsewhere::connect)
          .isInstanceOf(ServerTrouble.class)
          .hasMessageContaining("127.0.0.2");
      assertThat(smtp.commands()).isEmpty();

      assertThat(here.connect()).isTrue();
      assertThat(smtp.commands()).anyMatch(command -> command.startsWith("EHLO"));
    }
  }

  private static SmtpCourier courier(String host, int port) {
    return new SmtpCourier(
        new Smtp(host, port, Security.NONE, "", "", Duration.ofSeconds(20)),
        new Identity("hello@shop.example", "", null, "hello@shop.example", null, "shop.example"),
        new UnsubscribeLinks("https://shop.example", "0123456789abcdef0123456789abcdef"));
  }
}
