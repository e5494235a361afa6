package io.rekindle.email.sender.smtp;

import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.mail.MailAddress;
import io.rekindle.email.sender.mail.SmtpReply;
import io.rekindle.email.sender.outbox.DeliveryResult;
import io.rekindle.email.sender.outbox.MailTransport;
import io.rekindle.email.sender.outbox.OutgoingMessage;
import io.rekindle.email.sender.settings.SenderSettings.Identity;
import io.rekindle.email.sender.settings.SenderSettings.Security;
import io.rekindle.email.sender.settings.SenderSettings.Smtp;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/** Hands emails to an SMTP server, over one connection as long as that lasts. */
public final class SmtpMailTransport implements MailTransport {

  /** Many servers close old connections; a new one costs little beside so many emails. */
  private static final int MESSAGES_PER_CONNECTION = 100;

  private final Smtp smtp;

  /** A connection that takes longer is better tried anew. */
  private static final Duration MAX_CONNECT = Duration.ofMinutes(1);

  private final TimedSockets sockets;
  private final Session session;
  private final MessageComposer composer;
  private SmtpConnection connection;
  private int sent;

  public SmtpMailTransport(Smtp smtp, Identity identity, UnsubscribeLinks links) {
    this(smtp, identity, links, null);
  }

  /**
   * @param tls makes TLS sockets; null for the default of Java, with the certificates it trusts
   */
  public SmtpMailTransport(
      Smtp smtp, Identity identity, UnsubscribeLinks links, SSLSocketFactory tls) {
    this.smtp = smtp;
    this.sockets = new TimedSockets(smtp.timeout(), smtp.finalTimeout());
    this.session = Session.getInstance(properties(smtp, identity, tls));
    this.composer = new MessageComposer(session, identity, links);
  }

  private Properties properties(Smtp smtp, Identity identity, SSLSocketFactory tls) {
    Properties properties = new Properties();
    String millis = Long.toString(smtp.timeout().toMillis());
    String connectMillis =
        Long.toString(Math.min(smtp.timeout().toMillis(), MAX_CONNECT.toMillis()));
    properties.put("mail.smtp.host", smtp.host());
    properties.put("mail.smtp.port", Integer.toString(smtp.port()));
    properties.put("mail.smtp.connectiontimeout", connectMillis);
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.writetimeout", millis);
    properties.put("mail.smtp.localhost", identity.domain());
    properties.put("mail.smtp.from", identity.returnPath());
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.auth", Boolean.toString(!smtp.user().isEmpty()));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    switch (smtp.security()) {
      case STARTTLS -> {
        properties.put("mail.smtp.starttls.enable", "true");
        properties.put("mail.smtp.starttls.required", "true");
      }
      case STARTTLS_IF_OFFERED -> properties.put("mail.smtp.starttls.enable", "true");
      case TLS -> properties.put("mail.smtp.ssl.enable", "true");
      case NONE -> properties.put("mail.smtp.starttls.enable", "false");
    }
    properties.put("mail.smtp.socketFactory", sockets);
    properties.put("mail.smtp.socketFactory.fallback", "false");
    properties.put(
        "mail.smtp.ssl.socketFactory",
        sockets.over(tls == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : tls));
    return properties;
  }

  @Override
  public boolean connect() throws TransportException {
    if (connection != null && (sent >= MESSAGES_PER_CONNECTION || !connection.isConnected())) {
      close();
    }
    if (connection != null) {
      return false;
    }
    SmtpConnection fresh = new SmtpConnection(session, sockets);
    try {
      // Without arguments it would look for the host nowhere, and take localhost.
      if (smtp.user().isEmpty()) {
        fresh.connect(smtp.host(), smtp.port(), null, null);
      } else {
        fresh.connect(smtp.host(), smtp.port(), smtp.user(), smtp.password());
      }
    } catch (MessagingException e) {
      close(fresh);
      throw exception(fresh, e);
    }
    connection = fresh;
    sent = 0;
    return true;
  }

  private TransportException exception(SmtpConnection fresh, MessagingException e) {
    String server = smtp.host() + ":" + smtp.port();
    Optional<SmtpReply> refusal = fresh.refusal().filter(reply -> reply.code() >= 500);
    if (e instanceof AuthenticationFailedException) {
      return new TransportException(
          refusal.isPresent(),
          server
              + " does not let the user sign in: "
              + refusal.map(SmtpReply::withoutAddresses).orElse("it is not ready to"),
          e);
    }
    if (refusal.isPresent()) {
      return new TransportException(
          true, server + " refuses: " + refusal.get().withoutAddresses(), e);
    }
    if (e.getNextException() instanceof SSLException tls) {
      return new TransportException(true, "no TLS with " + server + ": " + tls.getMessage(), e);
    }
    boolean withoutTls =
        smtp.security() == Security.STARTTLS
            && e.getNextException() == null
            && fresh.refusal().isEmpty()
            && String.valueOf(e.getMessage()).startsWith("STARTTLS is required");
    return withoutTls
        ? new TransportException(true, server + " offers no STARTTLS, which is required", e)
        : new TransportException(false, server + " does not answer", e);
  }

  @Override
  public DeliveryResult deliver(OutgoingMessage email, String address) {
    boolean international = !MailAddress.isAscii(address);
    if (international && !connection.supportsExtension("SMTPUTF8")) {
      return new DeliveryResult.AddressUnsupported();
    }
    MimeMessage message;
    InternetAddress recipient = new InternetAddress();
    recipient.setAddress(address);
    try {
      message = composer.compose(email, recipient);
    } catch (MessagingException e) {
      return new DeliveryResult.Unsendable();
    }
    connection.begin(international);
    try {
      connection.sendMessage(message, new InternetAddress[] {recipient});
      sent++;
      return accepted(email);
    } catch (MessagingException | IllegalStateException e) {
      return refused(email, e);
    }
  }

  private DeliveryResult accepted(OutgoingMessage email) {
    return new DeliveryResult.Accepted(
        composer.messageId(email.emailId()), connection.getLastServerResponse());
  }

  private DeliveryResult refused(OutgoingMessage email, Exception e) {
    if (e instanceof SMTPSendFailedException odd
        && ".".equals(odd.getCommand())
        && odd.getReturnCode() / 100 == 2) {
      return accepted(email); // RFC 5321 section 4.2.1: the first digit counts.
    }
    Optional<SmtpReply> refusal = connection.refusal();
    boolean mayHaveMessage = connection.mayHaveMessage();
    if (refusal.isEmpty() || mayHaveMessage || refusal.get().code() == 421) {
      close(); // The state of the conversation is unknown, or the conversation is over.
    }
    return refusal.isEmpty() || mayHaveMessage
        ? new DeliveryResult.Lost(mayHaveMessage)
        : new DeliveryResult.Refused(refusal.get());
  }

  @Override
  public void close() {
    if (connection != null) {
      close(connection);
      connection = null;
    }
  }

  private static void close(SmtpConnection connection) {
    try {
      connection.close();
    } catch (MessagingException e) {
      // It is gone either way.
    }
  }
}
