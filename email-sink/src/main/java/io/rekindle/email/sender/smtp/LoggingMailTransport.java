package io.rekindle.email.sender.smtp;

import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.outbox.DeliveryResult;
import io.rekindle.email.sender.outbox.MailTransport;
import io.rekindle.email.sender.outbox.OutgoingMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the ids of emails instead of sending them, for shops without an SMTP server. */
public final class LoggingMailTransport implements MailTransport {

  private static final Logger LOG = LoggerFactory.getLogger(LoggingMailTransport.class);

  @Override
  public boolean connect() {
    return false;
  }

  @Override
  public DeliveryResult deliver(OutgoingMessage message, String address) {
    LOG.info("Not sent, since the mode is log: email {}", HeaderText.of(message.emailId()));
    return new DeliveryResult.Logged();
  }

  @Override
  public void close() {}
}
