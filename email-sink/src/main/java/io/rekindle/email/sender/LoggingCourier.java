package io.rekindle.email.sender;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For those without an SMTP server: says which email it would have sent, and nothing about it. */
final class LoggingCourier implements Courier {

  private static final Logger LOG = LoggerFactory.getLogger(LoggingCourier.class);

  @Override
  public boolean connect() {
    return false;
  }

  @Override
  public Outcome deliver(QueuedEmail email, String address) {
    LOG.info("Not sent, since the mode is log: email {}", HeaderText.of(email.emailId()));
    return new Outcome.Logged();
  }

  @Override
  public void close() {}
}
