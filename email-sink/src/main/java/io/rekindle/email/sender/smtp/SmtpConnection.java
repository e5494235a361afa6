package io.rekindle.email.sender.smtp;

import io.rekindle.email.sender.mail.SmtpReply;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * The library's transport, which also remembers the last refusal, and waits for the response to a
 * message as long as a server may need to take it. The library's exceptions lose the refusal when
 * the connection breaks right after it, and differ for each command.
 */
final class SmtpConnection extends SMTPTransport {

  private static final Set<String> VERBS =
      Set.of(
          "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".", "RSET", "NOOP", "QUIT");

  private static final String END_OF_MESSAGE = ".";

  private final TimedSockets sockets;
  private String command = "";

  /** Whether the last command was the end of a message, and has no response yet. */
  private boolean endUnanswered;

  private boolean international;
  private SmtpReply refusal;

  SmtpConnection(Session session, TimedSockets sockets) {
    super(session, null, "smtp", false);
    this.sockets = sockets;
  }

  /** Whether the server may have the message, although it gave no response to it. */
  boolean mayHaveMessage() {
    return endUnanswered;
  }

  /** The last refusal since {@link #begin}; empty if the server has refused nothing. */
  Optional<SmtpReply> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * Begins with another message.
   *
   * @param withUtf8 whether its recipient has letters other than ASCII, which needs SMTPUTF8
   */
  void begin(boolean withUtf8) {
    refusal = null;
    command = "";
    endUnanswered = false;
    international = withUtf8;
  }

  @Override
  protected void sendCommand(String line) throws MessagingException {
    String verb = line.split(" ", 2)[0];
    // The lines of a sign-in are not commands but secrets.
    if (VERBS.contains(verb)) {
      command = verb;
    }
    if (verb.equals(END_OF_MESSAGE)) {
      endUnanswered = true;
      sockets.waitForEndOfMessage();
    }
    super.sendCommand(
        international ? withUtf8(verb.equals("MAIL") ? line + " SMTPUTF8" : line) : line);
  }

  /** The library sends the lower byte of each character of a command. */
  private static String withUtf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    // Without a code the connection has ended. Behind another command comes a response too late.
    if (code > 0 && command.equals(END_OF_MESSAGE)) {
      endUnanswered = false;
      sockets.waitAsUsual();
    }
    if (code >= 400 && code <= 599 && !command.equals("RSET") && !command.equals("QUIT")) {
      refusal = new SmtpReply(command, code, getLastServerResponse());
    }
    return code;
  }
}
