package io.rekindle.email.sender.mail;

import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Resources;
import java.util.List;

/**
 * A row of smtp-replies.tsv: what a real server answered, and whose matter that is. Addresses, IPs
 * and names of senders are example values; the classification is ours.
 *
 * @param at the refused command; empty for the connection, {@code .} for the message
 * @param source a public corpus, document or report; "recalled" if the wording was not looked up
 */
record KnownReply(String provider, String at, String text, RefusalMatter matter, String source) {

  /** All rows. */
  static List<KnownReply> all() {
    return Resources.get(KnownReply.class, "smtp-replies.tsv")
        .lines()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .map(row -> new KnownReply(row[0], row[1], row[2], RefusalMatter.valueOf(row[3]), row[4]))
        .toList();
  }

  /** Every fifth row, chosen by its hash: the rules were first written without these. */
  boolean isHeldOut() {
    return (Digest.of(text)[0] & 0xff) % 5 == 0;
  }

  boolean isSourced() {
    return !source.equals("recalled");
  }

  RefusalMatter classified() {
    return new SmtpReply(at, Integer.parseInt(text.substring(0, 3)), text).matter();
  }
}
