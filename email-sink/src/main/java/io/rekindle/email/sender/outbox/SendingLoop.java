package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.mail.SmtpReply;
import io.rekindle.email.sender.outbox.MailTransport.TransportException;
import io.rekindle.email.sender.outbox.SenderMetrics.Retry;
import io.rekindle.email.sender.outbox.TestOutbox.TestEmail;
import io.rekindle.email.sender.settings.SenderSettings.Delivery;
import io.rekindle.platform.jdbc.DatabaseRetry;
import io.rekindle.platform.rest.Backoff;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes emails that are due and brings each of them to an end, one after another.
 *
 * <p>The SMTP server gets an email at most once, except in two cases, in which it gets the same
 * Message-ID again. In the first, the server took the email and the process ended before the
 * commit. Only that one statement lies in between, and the loop sends nothing else before it has
 * succeeded. So at most one email per process that ends is sent twice. In the second, the server's
 * last response was lost, so nothing says whether it took the email. That is an attempt like any
 * other. While the database is away, no lease is renewed; after an outage longer than a lease,
 * another sender may take the emails.
 *
 * <p>The class is long, since every result of a delivery has its own way to be stored.
 */
public final class SendingLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(SendingLoop.class);

  /** The field of log events. */
  private static final String EMAIL_ID = "emailId";

  /** Few, so that a sender that pauses holds few emails back. */
  private static final int BATCH = 20;

  private static final Duration MAX_RETRY_DELAY = Duration.ofHours(1);
  private static final Duration ERROR_PAUSE = Duration.ofSeconds(1);
  private static final DatabaseRetry STATEMENTS = DatabaseRetry.unlimited(ERROR_PAUSE);

  private final Outbox outbox;
  private final TestOutbox tests;
  private final MailTransport transport;
  private final Delivery delivery;
  private final Backoff retries;
  private final SenderMetrics metrics;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean ended;

  private final SendingPause sendingPause = new SendingPause();
  private final ContentRefusals contentRefusals = new ContentRefusals();

  private long nextSendNanos = System.nanoTime();

  /** Whether leases without work may be left, which are still renewed. */
  private boolean unreleased;

  public SendingLoop(
      Outbox outbox,
      TestOutbox tests,
      MailTransport transport,
      Delivery delivery,
      SenderMetrics metrics) {
    this.outbox = outbox;
    this.tests = tests;
    this.transport = transport;
    this.delivery = delivery;
    this.retries = new Backoff(delivery.firstRetry(), MAX_RETRY_DELAY);
    this.metrics = metrics;
  }

  /** Why nothing is sent at the moment; empty while emails are sent. */
  public Optional<String> pauseReason() {
    return sendingPause.reason();
  }

  /** Whether the loop has ended, so that nothing is sent any more. */
  public boolean ended() {
    return ended;
  }

  /** Whether nothing is sent at the moment for this cause. */
  boolean isPausedBy(SenderMetrics.Pause cause) {
    return sendingPause.isBecauseOf(cause);
  }

  /** Ends the loop after the email under way. */
  public void stop() {
    stopped.countDown();
  }

  /** Ends by {@link #stop}, or by an error, which is for the thread's handler. */
  @Override
  public void run() {
    try {
      sendUntilStopped();
    } finally {
      ended = true;
    }
  }

  private void sendUntilStopped() {
    while (isRunning()) {
      try {
        sendTests();
        List<String> due = outbox.lease(BATCH);
        sendingPause.databaseIsBack();
        if (due.isEmpty()) {
          transport.close();
          if (unreleased) {
            releaseQuietly();
          }
          pause(delivery.poll());
          continue;
        }
        for (String emailId : due) {
          if (!isRunning()) {
            break;
          }
          MDC.put(EMAIL_ID, HeaderText.of(emailId));
          try {
            process(emailId);
          } finally {
            MDC.remove(EMAIL_ID);
          }
        }
        outbox.release(); // Everything that is still leased, such as what a stop held back.
      } catch (TransportException e) {
        Duration pause = sendingPause.begin(e.refused(), e.getMessage());
        transport.close();
        releaseQuietly();
        pause(pause);
      } catch (SQLException e) {
        sendingPause.databaseIsAway(e);
        releaseQuietly();
        pause(ERROR_PAUSE);
      } catch (RuntimeException e) {
        LOG.error("Sending goes on after an error that should not be", e);
        transport.close();
        releaseQuietly();
        pause(ERROR_PAUSE);
      }
    }
    transport.close();
    releaseQuietly();
  }

  /** Sends what people wait for, whatever outreach may do. */
  private void sendTests() throws SQLException, TransportException {
    Optional<TestEmail> next = isRunning() ? tests.take() : Optional.empty();
    while (next.isPresent()) {
      TestEmail test = next.get();
      waitForTurn();
      try {
        transport.connect();
      } catch (TransportException e) {
        testNotSent(test, e.getMessage());
        throw e;
      }
      String testId = test.message().emailId();
      DeliveryResult outcome = transport.deliver(test.message(), test.recipient());
      if (outcome instanceof DeliveryResult.Accepted) {
        tests.end(testId, "SENT", null);
      } else if (outcome instanceof DeliveryResult.Logged) {
        tests.end(testId, "LOGGED", null);
      } else if (outcome instanceof DeliveryResult.Deferred deferred) {
        testNotSent(test, deferred.why());
      } else {
        tests.end(testId, "FAILED", refusal(outcome));
      }
      LOG.info("Test {}: {}", testId, outcome.getClass().getSimpleName());
      next = isRunning() ? tests.take() : Optional.empty();
    }
  }

  private void testNotSent(TestEmail test, String why) throws SQLException {
    if (test.attempt() >= TestOutbox.MAX_ATTEMPTS) {
      tests.end(test.message().emailId(), "FAILED", why);
    } else {
      tests.postpone(test.message().emailId(), why);
    }
  }

  private static String refusal(DeliveryResult outcome) {
    if (outcome instanceof DeliveryResult.RecipientRefused refused) {
      return refused.reply();
    }
    if (outcome instanceof DeliveryResult.MessageRefused refused) {
      return refused.reply() == null ? refused.reason().name() : refused.reply();
    }
    if (outcome instanceof DeliveryResult.ContentRefused refused) {
      return refused.refusal().text();
    }
    return outcome instanceof DeliveryResult.SenderRefused refused
        ? refused.refusal().text()
        : null;
  }

  private void process(String emailId) throws SQLException, TransportException {
    Optional<QueuedEmail> email = outbox.recheck(emailId);
    Optional<Verdict> verdict = email.map(found -> Verdict.on(found, delivery.expiry()));
    if (verdict.isPresent() && verdict.get() instanceof Verdict.Send) {
      boolean waited = waitForTurn();
      if (!isRunning()) {
        return;
      }
      if (transport.connect() || waited) {
        email = outbox.recheck(emailId);
        verdict = email.map(found -> Verdict.on(found, delivery.expiry()));
      }
    }
    if (verdict.isEmpty()) {
      return; // Another sender has brought it to an end.
    }
    if (verdict.get() instanceof Verdict.Send send) {
      send(email.get(), send.address());
    } else if (verdict.get() instanceof Verdict.Cancel cancel) {
      LOG.info("Email {} cancelled: {}", HeaderText.of(emailId), cancel.reason());
      outbox.cancelled(emailId, cancel.reason());
      metrics.cancelled(cancel.reason());
    } else if (verdict.get() instanceof Verdict.Fail fail) {
      LOG.warn("Email {} failed: {}", HeaderText.of(emailId), fail.reason());
      outbox.failed(emailId, fail.reason(), null);
      metrics.failed(fail.reason());
    } else if (verdict.get() instanceof Verdict.Hold hold) {
      outbox.hold(emailId, hold);
    }
  }

  private void send(QueuedEmail email, String address) throws SQLException, TransportException {
    String emailId = email.emailId();
    int attempt = outbox.begin(emailId);
    if (attempt == 0) {
      return; // The lease ran out and it is another sender's now.
    }
    if (attempt > delivery.maxAttempts()) {
      tooManyAttempts(email, delivery.maxAttempts(), "each ended in an error", null);
      return;
    }
    long offered = System.nanoTime();
    DeliveryResult outcome = transport.deliver(email.message(), address);
    if (!(outcome instanceof DeliveryResult.Logged)) {
      metrics.answered(Duration.ofNanos(System.nanoTime() - offered));
    }
    if (outcome instanceof DeliveryResult.Accepted accepted) {
      accepted(emailId, accepted);
      metrics.sent();
      LOG.info("Email {} sent", HeaderText.of(emailId));
      contentRefusals.accepted();
      sendingPause.end();
    } else if (outcome instanceof DeliveryResult.Logged) {
      outbox.logged(emailId);
      metrics.logged();
    } else if (outcome instanceof DeliveryResult.RecipientRefused refused) {
      LOG.info("Email {} failed: the address takes no mail", HeaderText.of(emailId));
      storeOrPause(email, () -> outbox.bounced(email, refused.reply()));
      metrics.failed(FailureReason.RECIPIENT_REFUSED);
      sendingPause.end();
    } else if (outcome instanceof DeliveryResult.MessageRefused refused) {
      messageRefused(email, refused.reason(), refused.reply());
    } else if (outcome instanceof DeliveryResult.ContentRefused refused) {
      contentRefused(email, attempt, refused.refusal());
    } else if (outcome instanceof DeliveryResult.Deferred deferred) {
      scheduleRetry(email, attempt, Retry.DEFERRED, deferred.why(), deferred.reply());
    } else if (outcome instanceof DeliveryResult.SenderRefused refused) {
      senderRefused(email, attempt, refused.refusal());
    }
  }

  private void messageRefused(QueuedEmail email, FailureReason reason, String reply)
      throws SQLException, TransportException {
    LOG.warn("Email {} failed: {}", HeaderText.of(email.emailId()), reason);
    storeOrPause(email, () -> outbox.failed(email.emailId(), reason, reply));
    metrics.failed(reason);
  }

  private void contentRefused(QueuedEmail email, int attempt, SmtpReply reply)
      throws SQLException, TransportException {
    switch (contentRefusals.refused(email.emailId(), attempt)) {
      case EMAIL -> messageRefused(email, FailureReason.MESSAGE_REFUSED, reply.text());
      case SENDER -> senderRefused(email, attempt, reply);
      case UNKNOWN ->
          scheduleRetry(
              email,
              attempt,
              Retry.CONTENT_REFUSED,
              "the content is refused: " + reply.code(),
              reply.text());
    }
  }

  private void senderRefused(QueuedEmail email, int attempt, SmtpReply reply)
      throws SQLException, TransportException {
    scheduleRetry(
        email,
        attempt,
        Retry.SENDER_REFUSED,
        "the server refuses us: " + reply.code(),
        reply.text());
    throw new TransportException(true, "the server refuses us: " + reply.withoutAddresses(), null);
  }

  private void scheduleRetry(QueuedEmail email, int attempt, Retry kind, String why, String reply)
      throws SQLException, TransportException {
    if (attempt >= delivery.maxAttempts()) {
      tooManyAttempts(email, attempt, why, reply);
      return;
    }
    Instant next = email.now().plus(retries.after(attempt));
    LOG.info("Email {} has to wait: {}", HeaderText.of(email.emailId()), why);
    storeOrPause(email, () -> outbox.postpone(email.emailId(), next, why, reply));
    metrics.retried(kind);
  }

  private void tooManyAttempts(QueuedEmail email, int attempts, String why, String reply)
      throws SQLException, TransportException {
    LOG.warn(
        "Email {} failed after {} attempts: {}", HeaderText.of(email.emailId()), attempts, why);
    storeOrPause(
        email, () -> outbox.failed(email.emailId(), FailureReason.TOO_MANY_ATTEMPTS, reply));
    metrics.failed(FailureReason.TOO_MANY_ATTEMPTS);
  }

  private interface StoreAction {
    void execute() throws SQLException;
  }

  /**
   * Stores that the server has an email. Nothing is sent before that has succeeded: the database
   * may refuse to store any email, and each could be sent again. The loop keeps the lease
   * meanwhile, so that no other sender takes the email.
   *
   * @throws SQLException if it could not be done and the process is to end
   */
  private void accepted(String emailId, DeliveryResult.Accepted accepted) throws SQLException {
    for (int refusals = 1; ; refusals++) {
      try {
        store(() -> outbox.accepted(emailId, accepted));
        return;
      } catch (SQLException e) {
        if (!isRunning()) {
          LOG.error("Email {} was sent, which is not stored", HeaderText.of(emailId), e);
          throw e;
        }
        LOG.error("Email {} was sent, which is {}", HeaderText.of(emailId), notStored(e));
        Duration pause =
            sendingPause.beginUnstored(refusals, "an email was sent, which is " + notStored(e));
        transport.close();
        releaseQuietly(emailId);
        pause(pause);
      }
    }
  }

  /**
   * Stores the result of an email that the server does not have. If the database refuses, the email
   * is given back, to be tried again, and sending pauses.
   */
  private void storeOrPause(QueuedEmail email, StoreAction statement)
      throws SQLException, TransportException {
    try {
      store(statement);
    } catch (SQLException e) {
      if (!isRunning()) {
        throw e;
      }
      LOG.error("Email {} is given back: {}", HeaderText.of(email.emailId()), notStored(e));
      outbox.postpone(email.emailId(), email.now().plus(MAX_RETRY_DELAY), notStored(e), null);
      throw new TransportException(true, "what became of an email is " + notStored(e), e);
    }
  }

  /**
   * Executes a statement, however long the database takes to answer.
   *
   * @throws SQLException if it refuses, or if the process is to end
   */
  private void store(StoreAction statement) throws SQLException {
    STATEMENTS.execute(
        () -> {
          statement.execute();
          return null;
        },
        (failure, duration) -> {
          if (!isRunning()) {
            return false;
          }
          sendingPause.databaseIsAway(failure);
          pause(duration);
          return true;
        });
  }

  /** Without the lines after the first, which quote the row. */
  private static String notStored(SQLException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return "not stored: " + e.getSQLState() + " " + message;
  }

  /** Keeps the rate. Returns whether that took time. */
  private boolean waitForTurn() {
    long now = System.nanoTime();
    long wait = nextSendNanos - now;
    nextSendNanos =
        Math.max(nextSendNanos, now) + TimeUnit.SECONDS.toNanos(1) / delivery.perSecond();
    if (wait <= 0) {
      return false;
    }
    pause(Duration.ofNanos(wait));
    return true;
  }

  private void releaseQuietly() {
    releaseQuietly(null);
  }

  /**
   * Other senders take the remaining emails after the lease has ended.
   *
   * @param except the email to keep; null for none
   */
  private void releaseQuietly(String except) {
    try {
      outbox.releaseAllBut(except);
      unreleased = false;
    } catch (SQLException e) {
      unreleased = true;
      sendingPause.databaseIsAway(e);
    }
  }

  private boolean isRunning() {
    return stopped.getCount() > 0;
  }

  private void pause(Duration duration) {
    try {
      if (stopped.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      stopped.countDown();
      Thread.currentThread().interrupt();
    }
  }
}
