package io.rekindle.email.sender.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.text.Resources;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules over the table of real replies, and over the cases that decide. */
class RefusalRulesTest {

  @Test
  void shouldKnowEnoughRepliesOfEnoughServers() {
    List<KnownReply> sourced = KnownReply.all().stream().filter(KnownReply::isSourced).toList();

    assertThat(sourced).hasSizeGreaterThanOrEqualTo(300);
    assertThat(sourced.stream().map(KnownReply::provider).distinct().count())
        .isGreaterThanOrEqualTo(40);
  }

  /** At first, 93.8 % of the rows that the rules were written without. */
  @Test
  void shouldTellWhoseMatterMostRepliesAre() {
    assertThat(accuracy(KnownReply.all().stream().filter(KnownReply::isHeldOut).toList()))
        .isGreaterThanOrEqualTo(0.95);
    assertThat(accuracy(KnownReply.all())).isGreaterThanOrEqualTo(0.97);
  }

  /** The one mistake that costs a client: a person who is there would get no email for good. */
  @Test
  void shouldSuppressNobodyWhoIsThere() {
    assertThat(KnownReply.all())
        .filteredOn(
            known ->
                known.matter().isOurs()
                    || known.matter() == RefusalMatter.RECIPIENT_NOW
                    || known.matter() == RefusalMatter.CONTENT
                    || known.matter() == RefusalMatter.MESSAGE)
        .allMatch(known -> known.classified() != RefusalMatter.RECIPIENT_GONE);
  }

  /** A closed mailbox must not look like a fault of ours, which would hold the others. */
  @Test
  void shouldPauseForHardlyAnyClosedMailbox() {
    List<KnownReply> gone =
        KnownReply.all().stream()
            .filter(known -> known.matter() == RefusalMatter.RECIPIENT_GONE)
            .toList();

    assertThat(gone.stream().filter(known -> known.classified().isOurs()).count())
        .isLessThanOrEqualTo(gone.size() / 100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".    | ACCOUNT        | 550 5.4.5 Daily user sending limit exceeded",
        "RCPT | ACCOUNT        | 550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        ".    | ACCOUNT        | 554 5.2.252 SendAsDenied",
        ".    | ACCOUNT        | 454 Throttling failure: Daily message quota exceeded",
        "RCPT | RECIPIENT_GONE | 550 5.5.0 Requested action not taken: mailbox unavailable",
        "RCPT | SENDER         | 550 <ada@shop.example>: Bad DNS PTR resource record",
        "RCPT | RECIPIENT_NOW  | 552 5.1.1 Recipient overquota",
        "RCPT | RECIPIENT_GONE | 550 5.7.1 No such user",
        // The local part is no word of the server's.
        "RCPT | RECIPIENT_GONE | 550 <spam-blacklist@example.com> user unknown",
        // Only the codes speak.
        "RCPT | RECIPIENT_GONE | 550 5.1.1 xyz",
        // Without a word that is known, the address stays.
        "RCPT | RECIPIENT_NOW  | 550 xyz",
        "RCPT | RECIPIENT_NOW  | 552 xyz",
        "RCPT | SENDER         | 550 5.7.1 xyz",
        ".    | CONTENT        | 550 5.7.1 xyz",
        ".    | SENDER         | 550 5.7.26 xyz",
        ".    | CONTENT        | 554 xyz",
        "MAIL | SENDER         | 550 xyz",
        "AUTH | ACCOUNT        | 535 xyz",
        "''   | SENDER         | 554 xyz",
        "RCPT | SYSTEM         | 451 xyz",
      })
  void shouldTellWhoseMatterItIs(String command, RefusalMatter matter, String text) {
    assertThat(new SmtpReply(command, Integer.parseInt(text.substring(0, 3)), text).matter())
        .isEqualTo(matter);
  }

  @Test
  void shouldReadTheWordsOfSeveralLinesAsOne() {
    assertThat(
            new SmtpReply("RCPT", 550, "550-5.7.1 you are on our block\n550 5.7.1 list").matter())
        .isEqualTo(RefusalMatter.SENDER);
  }

  /**
   * Public reports that were looked up after the rules were written. At first the rules told 15 of
   * 18 right.
   */
  @ParameterizedTest
  @MethodSource("reports")
  void shouldTellWhoseMatterItIsInPublicReports(
      String report, String at, String text, RefusalMatter matter) {
    assertThat(new SmtpReply(at, Integer.parseInt(text.substring(0, 3)), text).matter())
        .as(report)
        .isEqualTo(matter);
  }

  private static Stream<Arguments> reports() {
    return Resources.get(RefusalRulesTest.class, "smtp-reports.tsv")
        .lines()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .map(row -> Arguments.of(row[0], row[1], row[2], RefusalMatter.valueOf(row[3])));
  }

  private static double accuracy(List<KnownReply> replies) {
    return (double) replies.stream().filter(known -> known.classified() == known.matter()).count()
        / replies.size();
  }
}
