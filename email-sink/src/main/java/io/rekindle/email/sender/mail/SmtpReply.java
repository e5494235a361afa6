package io.rekindle.email.sender.mail;

import java.util.regex.Pattern;

/**
 * An SMTP server's refusal (RFC 5321 section 4.2), with an enhanced status code (RFC 3463) if it
 * gave one.
 *
 * @param command the refused verb; {@code .} for the message itself, empty for the connection
 * @param code 400 to 599
 * @param text the whole reply; may name the recipient
 */
public record SmtpReply(String command, int code, String text) {

  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s<>()\\[\\],;:\"]+@[^\\s<>()\\[\\],;:\"]+");

  /** Whose matter the refusal is by its words and codes. Other emails may show that it is not. */
  public RefusalMatter matter() {
    return RefusalRules.of(this);
  }

  /** Whether the server does not want to be asked again (RFC 5321 section 4.2.1). */
  public boolean isPermanent() {
    return code >= 500;
  }

  /** Whether the server refused before it knew the recipient, and so would refuse any email. */
  public boolean isBeforeRecipient() {
    return !command.equals("RCPT") && !command.equals("DATA") && !command.equals(".");
  }

  /** Returns one line for the log, without personal addresses. */
  public String withoutAddresses() {
    return ADDRESS.matcher(HeaderText.of(text)).replaceAll("(address)");
  }
}
