package io.rekindle.email.sender.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmtpReplyTest {

  @Test
  void shouldKeepAddressesOutOfTheLog() {
    assertThat(
            new SmtpReply("RCPT", 554, "554-5.7.1 <ada@example.com>:\n554 5.7.1 relay denied\n")
                .withoutAddresses())
        .isEqualTo("554-5.7.1 <(address)>: 554 5.7.1 relay denied");
  }
}
