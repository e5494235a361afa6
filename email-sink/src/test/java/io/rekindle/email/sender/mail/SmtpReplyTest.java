package io.rekindle.email.sender.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.sender.mail.SmtpReply.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpReplyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT | TRANSIENT   | 450 4.2.0 greylisted",
        "RCPT | TRANSIENT   | 421 too many",
        ".    | TRANSIENT   | 451 4.7.1 later",
        "RCPT | RECIPIENT | 550 5.1.1 unknown",
        "RCPT | RECIPIENT | 550 unknown user",
        "RCPT | RECIPIENT | 553 mailbox name not allowed here",
        "RCPT | RECIPIENT | 551 user not local",
        "RCPT | RECIPIENT | 550 5.0.0 no mailbox",
        "RCPT | RECIPIENT | 550 5.1.0 address rejected",
        "RCPT | RECIPIENT | 550 5.1.2 no such domain",
        "RCPT | RECIPIENT | 501 5.1.3 bad address",
        "RCPT | RECIPIENT | 550 5.1.4 ambiguous",
        "RCPT | RECIPIENT | 551 5.1.6 moved",
        "RCPT | RECIPIENT | 556 5.1.10 the domain takes no mail",
        "RCPT | RECIPIENT | 550 5.2.1 mailbox disabled",
        "RCPT | MESSAGE   | 550 5.1.9 relayed to what does not speak this",
        "RCPT | MESSAGE   | 550 5.2.0 something about the mailbox",
        "RCPT | MESSAGE   | 552 5.2.2 full",
        "RCPT | MESSAGE   | 552 mailbox full",
        "RCPT | MESSAGE   | 552 5.2.3 longer than the mailbox takes",
        "RCPT | MESSAGE   | 550 5.2.4 the list cannot be expanded",
        "RCPT | MESSAGE   | 554 5.3.2 the system takes no messages",
        "RCPT | MESSAGE   | 550 5.4.1 Recipient address rejected: Access denied",
        "RCPT | MESSAGE   | 550 5.4.4 no route",
        "RCPT | MESSAGE   | 554 5.4.6 loop",
        "RCPT | MESSAGE   | 550 5.6.7 no addresses but ASCII",
        "RCPT | SENDER    | 555 parameter unknown",
        "RCPT | SENDER    | 550 5.7.1 access denied",
        ".    | RECIPIENT | 550 5.1.1 unknown",
        "RCPT | SENDER    | 550 5.1.8 sender's domain unknown",
        "RCPT | SENDER    | 550 5.1.7 sender's address refused",
        "RCPT | SENDER    | 554 5.7.1 relay access denied",
        "RCPT | SENDER    | 550-5.7.1 on our block list",
        "RCPT | SENDER    | 550 relay not permitted",
        "RCPT | SENDER    | 550 5.0.0 authentication required",
        "RCPT | SENDER    | 530 must sign in",
        "RCPT | SENDER    | 503 5.5.1 bad sequence",
        "MAIL | SENDER    | 550 no",
        "AUTH | SENDER    | 535 5.7.8 wrong password",
        "''   | SENDER    | 554 no service here",
        ".    | SENDER    | 550 5.7.26 not signed",
        ".    | CONTENT   | 550 5.7.1 looks like spam",
        "DATA | SENDER    | 550 5.7.1 not from you",
        ".    | MESSAGE   | 554 spam",
        ".    | MESSAGE   | 552 5.3.4 too big",
        ".    | MESSAGE   | 554 5.6.0 malformed",
        "DATA | MESSAGE   | 554 no valid recipients"
      })
  void shouldTellWhoseMatterItIs(String command, Fault fault, String text) {
    SmtpReply reply = new SmtpReply(command, Integer.parseInt(text.substring(0, 3)), text);

    assertThat(reply.fault()).isEqualTo(fault);
  }

  @Test
  void shouldKeepAddressesOutOfTheLog() {
    assertThat(
            new SmtpReply("RCPT", 554, "554-5.7.1 <ada@example.com>:\n554 5.7.1 relay denied\n")
                .withoutAddresses())
        .isEqualTo("554-5.7.1 <(address)>: 554 5.7.1 relay denied");
  }
}
