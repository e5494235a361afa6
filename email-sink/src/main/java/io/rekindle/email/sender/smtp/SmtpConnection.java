package io.rekindle.email.sender.smtp;

import io.rekindle.email.sender.mail.SmtpReply;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.util.Optional;
import java.util.Set;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * The library's transport, which also remembers the last refusal. The library's exceptions lose the
 * refusal when the connection breaks right after it, and differ for each command.
 */
final class SmtpConnection extends SMTPTransport {

  private static final Set<String> VERBS =
      Set.of(
          "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".", "RSET", "NOOP", "QUIT");

  private String command = "";
  private SmtpReply refusal;

  SmtpConnection(Session session) {
    super(session, null, "smtp", false);
  }

  /** The last refusal since {@link #forget}; empty if the server has refused nothing. */
  Optional<SmtpReply> refusal() {
    return Optional.ofNullable(refusal);
  }

  void forget() {
    refusal = null;
    command = "";
  }

  @Override
  protected void sendCommand(String line) throws MessagingException {
    String verb = line.split(" ", 2)[0];
    // The lines of a sign-in are not commands but secrets.
    if (VERBS.contains(verb)) {
      command = verb;
    }
    super.sendCommand(line);
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    if (code >= 400 && code <= 599 && !command.equals("RSET") && !command.equals("QUIT")) {
      refusal = new SmtpReply(command, code, getLastServerResponse());
    }
    return code;
  }
}
