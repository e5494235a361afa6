package io.rekindle.email.sender.mail;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
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

  /** The cause of a refusal. */
  public enum Fault {
    /** The cause may be gone at the next attempt. */
    TRANSIENT,
    /** The address receives no mail. */
    RECIPIENT,
    /** The server refuses this message for every recipient. */
    MESSAGE,
    /**
     * The server's policy refused the message after reading it, for its content or for its sender.
     */
    CONTENT,
    /** The server refuses the sender: sign-in, relaying, reputation, or a wrong setting. */
    SENDER
  }

  private static final Pattern ENHANCED =
      Pattern.compile("[45]\\d\\d[ -]([245])\\.(\\d{1,3})\\.(\\d{1,3})\\b.*", Pattern.DOTALL);

  /** Sequence, syntax, TLS and authentication, which no recipient can cause. */
  private static final Set<Integer> PROTOCOL_CODES =
      Set.of(500, 502, 503, 504, 521, 523, 530, 534, 535, 538, 555);

  /** Out of storage. A full mailbox exists. */
  private static final int FULL = 552;

  /** Words of servers without enhanced codes that refuse the sender at RCPT. */
  private static final Pattern ABOUT_SENDER =
      Pattern.compile(
          "relay|authenticat|not permitted|not allowed to send|spam|black ?list|block ?list|blocked|policy|reputation|rate limit");

  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s<>()\\[\\],;:\"]+@[^\\s<>()\\[\\],;:\"]+");

  public Fault fault() {
    if (code < 500) {
      return Fault.TRANSIENT;
    }
    boolean ofRecipient = command.equals("RCPT");
    if (!ofRecipient && !command.equals("DATA") && !command.equals(".")) {
      return Fault.SENDER;
    }
    Matcher enhanced = ENHANCED.matcher(text);
    if (!enhanced.matches()) {
      return byText(ofRecipient);
    }
    int subject = Integer.parseInt(enhanced.group(2));
    int detail = Integer.parseInt(enhanced.group(3));
    return switch (subject) {
      case 1 -> byAddress(detail);
      // 1: disabled. Any other detail, such as full, concerns an existing mailbox.
      case 2 -> detail == 1 ? Fault.RECIPIENT : Fault.MESSAGE;
      case 5 -> Fault.SENDER;
      case 7 -> command.equals(".") && !isAuthentication(detail) ? Fault.CONTENT : Fault.SENDER;
      case 0 -> byText(ofRecipient);
      // Their system (3), the way to it (4), the form of the message (6).
      default -> Fault.MESSAGE;
    };
  }

  /** X.1.x: mostly that there is no such mailbox or no such domain. */
  private static Fault byAddress(int detail) {
    return switch (detail) {
      case 7, 8 -> Fault.SENDER; // The sender's address.
      case 5, 9 -> Fault.MESSAGE; // It is valid, but its server cannot take this message.
      default -> Fault.RECIPIENT;
    };
  }

  /** DKIM, SPF, reverse DNS and the sender's own MX (RFC 7372, RFC 7505): the same for all. */
  private static boolean isAuthentication(int detail) {
    return detail >= 20 && detail <= 27;
  }

  private Fault byText(boolean ofRecipient) {
    boolean aboutSender = ABOUT_SENDER.matcher(text.toLowerCase(Locale.ROOT)).find();
    if (PROTOCOL_CODES.contains(code) || (ofRecipient && aboutSender)) {
      return Fault.SENDER;
    }
    return ofRecipient && code != FULL ? Fault.RECIPIENT : Fault.MESSAGE;
  }

  /** Returns one line for the log, without personal addresses. */
  public String withoutAddresses() {
    return ADDRESS.matcher(HeaderText.of(text)).replaceAll("(address)");
  }
}
