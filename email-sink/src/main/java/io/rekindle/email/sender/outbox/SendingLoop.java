package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.mail.MailAddress;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes emails that are due and brings each of them to an end, one after another.
 *
 * <p>The SMTP server gets an email at most once, except in two cases, in which it gets the same
 * Message-ID once more. In the first, the server took the email and the process ended before the
 * commit. Only that one statement lies in between, and the loop sends nothing else before it has
 * succeeded. In the second, the server's response to the message was lost, so nothing says whether
 * it took the email. An email of which this happened twice is not offered again. While the database
 * is away, no lease is renewed; after an outage longer than a lease, another sender may take the
 * emails.
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

  /** Attempts whose result is not known: the first, and one further copy. */
  private static final int MAX_UNCONFIRMED = 2;

  /** How many pauses an email waits whose domain rests. */
  private static final int KEPT_BEHIND = 5;

  /** Emails in a row whose connection was lost, after which the server counts as away. */
  private static final int LOST_IN_A_ROW = 3;

  /** A server that took an email so long ago is not against the sender. */
  private static final Duration RECENT = Duration.ofMinutes(10);

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
  private final Refusals refusals = new Refusals();
  private final DomainPauses domainPauses;
  private final Set<String> lostInARow = new HashSet<>();

  /** When a server last took an email; null while none has. */
  private Instant lastAccepted;

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
    this.domainPauses = new DomainPauses(delivery.firstRetry());
  }

  /** How many recipients' domains rest. */
  public long pausedDomains() {
    return domainPauses.count(Instant.now());
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
          showStandstill();
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
      } else if (outcome instanceof DeliveryResult.Refused refused
          && !refused.reply().isPermanent()) {
        testNotSent(test, refused.reply().text());
      } else if (outcome instanceof DeliveryResult.Refused refused) {
        tests.end(testId, "FAILED", refused.reply().text());
      } else if (outcome instanceof DeliveryResult.Lost lost
          && (!lost.mayBeSent() || test.attempt() < MAX_UNCONFIRMED)) {
        testNotSent(test, "the connection was lost");
      } else {
        tests.end(testId, "FAILED", outcome.getClass().getSimpleName());
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

  /** Says that nothing is sent, if only emails to domains that refuse all are left. */
  private void showStandstill() {
    boolean recent = lastAccepted != null && lastAccepted.isAfter(Instant.now().minus(RECENT));
    if (!recent && sendingPause.reason().isEmpty()) {
      refusals.resting().ifPresent(sendingPause::show);
    }
  }

  private void process(String emailId) throws SQLException, TransportException {
    Optional<QueuedEmail> email = outbox.recheck(emailId);
    Optional<Verdict> verdict = email.map(found -> Verdict.on(found, delivery.expiry()));
    if (verdict.isPresent() && verdict.get() instanceof Verdict.Send send) {
      Optional<Instant> end = domainPauses.end(MailAddress.domain(send.address()), Instant.now());
      if (end.isPresent()) {
        outbox.hold(emailId, new Verdict.Hold(end.get(), "its domain rests", null));
        return;
      }
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
    Optional<Outbox.Attempt> begun = outbox.begin(emailId, address);
    if (begun.isEmpty()) {
      // Another sender has it, or writes or has written to this address.
      outbox.hold(
          emailId,
          new Verdict.Hold(email.now().plus(Verdict.PAUSE), "another email to its address", null));
      return;
    }
    Outbox.Attempt attempt = begun.get();
    if (attempt.unconfirmed() > MAX_UNCONFIRMED) {
      unconfirmed(email);
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
      confirmRefusals(MailAddress.domain(address));
    } else if (outcome instanceof DeliveryResult.Logged) {
      outbox.logged(emailId);
      metrics.logged();
    } else if (outcome instanceof DeliveryResult.AddressUnsupported) {
      LOG.info("Email {} cancelled: the server does not offer SMTPUTF8", HeaderText.of(emailId));
      storeOrPause(
          email.emailId(), email.now(), () -> outbox.cancelled(emailId, Verdict.Reason.NO_ADDRESS));
      metrics.cancelled(Verdict.Reason.NO_ADDRESS);
    } else if (outcome instanceof DeliveryResult.Unsendable) {
      LOG.warn("Email {} failed: no message can be made of it", HeaderText.of(emailId));
      storeOrPause(
          emailId, email.now(), () -> outbox.failed(emailId, FailureReason.UNSENDABLE, null));
      metrics.failed(FailureReason.UNSENDABLE);
    } else if (outcome instanceof DeliveryResult.Lost lost) {
      lost(email, attempt, lost.mayBeSent());
    } else if (outcome instanceof DeliveryResult.Refused refused) {
      refused(email, attempt, address, refused.reply());
    }
  }

  /** A server took an email, so what it refused before was not for the sender's fault. */
  private void confirmRefusals(String domain) throws SQLException, TransportException {
    sendingPause.end();
    domainPauses.end(domain);
    lostInARow.clear();
    lastAccepted = Instant.now();
    for (Refusals.Refused confirmed : refusals.accepted(domain)) {
      fail(confirmed, lastAccepted);
    }
  }

  private void refused(QueuedEmail email, Outbox.Attempt attempt, String address, SmtpReply reply)
      throws SQLException, TransportException {
    String domain = MailAddress.domain(address);
    Refusals.Refused refused =
        new Refusals.Refused(email.emailId(), email.userId(), address, domain, reply);
    Refusals.Decision decision = refusals.refused(refused);
    switch (decision.fate()) {
      case FAIL -> fail(refused, email.now());
      case KEEP -> postpone(email, attempt, Retry.SENDER_REFUSED, Outbox.Effect.NO_ATTEMPT, reply);
      case UNCONFIRMED -> postpone(email, attempt, Retry.UNCONFIRMED, Outbox.Effect.ATTEMPT, reply);
      case RETRY -> postpone(email, attempt, Retry.DEFERRED, Outbox.Effect.ATTEMPT, reply);
    }
    switch (decision.rest()) {
      case NONE -> {}
      case DOMAIN -> {
        Instant until = domainPauses.begin(domain, Instant.now());
        LOG.warn("{} rests until {}: {}", domain, until, reply.withoutAddresses());
      }
      case AWAY ->
          throw new TransportException(false, "not now: " + reply.withoutAddresses(), null);
      case ALL ->
          throw new TransportException(
              true, "the server refuses us: " + reply.withoutAddresses(), null);
    }
  }

  private void fail(Refusals.Refused refused, Instant now) throws SQLException, TransportException {
    FailureReason reason =
        refused.isGone() ? FailureReason.RECIPIENT_REFUSED : FailureReason.MESSAGE_REFUSED;
    LOG.warn("Email {} failed: {}", HeaderText.of(refused.emailId()), reason);
    storeOrPause(refused.emailId(), now, () -> outbox.refused(refused, reason));
    metrics.failed(reason);
  }

  private void postpone(
      QueuedEmail email, Outbox.Attempt attempt, Retry kind, Outbox.Effect effect, SmtpReply reply)
      throws SQLException, TransportException {
    String why =
        switch (kind) {
          case DEFERRED -> "not now: " + reply.code();
          case UNCONFIRMED -> "refused, and not clear for whose fault: " + reply.code();
          default -> "the server refuses us: " + reply.code();
        };
    postpone(email, attempt, kind, effect, why, reply.text());
  }

  private void postpone(
      QueuedEmail email,
      Outbox.Attempt attempt,
      Retry kind,
      Outbox.Effect effect,
      String why,
      String reply)
      throws SQLException, TransportException {
    Duration wait = retries.after(attempt.number());
    // Behind the others of its domain, so that they can show that the fault is its own.
    Instant next =
        email
            .now()
            .plus(effect == Outbox.Effect.NO_ATTEMPT ? wait.multipliedBy(KEPT_BEHIND) : wait);
    LOG.info("Email {} has to wait: {}", HeaderText.of(email.emailId()), why);
    storeOrPause(
        email.emailId(),
        email.now(),
        () -> outbox.postpone(email.emailId(), effect, next, why, reply));
    metrics.retried(kind);
  }

  private void lost(QueuedEmail email, Outbox.Attempt attempt, boolean mayBeSent)
      throws SQLException, TransportException {
    if (mayBeSent && attempt.unconfirmed() >= MAX_UNCONFIRMED) {
      unconfirmed(email);
    } else {
      postpone(
          email,
          attempt,
          Retry.DEFERRED,
          mayBeSent ? Outbox.Effect.UNKNOWN : Outbox.Effect.ATTEMPT,
          "the connection was lost",
          null);
    }
    lostInARow.add(email.emailId());
    if (lostInARow.size() >= LOST_IN_A_ROW) {
      throw new TransportException(false, "the connection is lost time and again", null);
    }
  }

  private void unconfirmed(QueuedEmail email) throws SQLException, TransportException {
    LOG.warn(
        "Email {} failed: the result of two attempts is not known", HeaderText.of(email.emailId()));
    storeOrPause(
        email.emailId(),
        email.now(),
        () -> outbox.failed(email.emailId(), FailureReason.UNCONFIRMED, null));
    metrics.failed(FailureReason.UNCONFIRMED);
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
  private void storeOrPause(String emailId, Instant now, StoreAction statement)
      throws SQLException, TransportException {
    try {
      store(statement);
    } catch (SQLException e) {
      if (!isRunning()) {
        throw e;
      }
      LOG.error("Email {} is given back: {}", HeaderText.of(emailId), notStored(e));
      outbox.postpone(
          emailId, Outbox.Effect.ATTEMPT, now.plus(MAX_RETRY_DELAY), notStored(e), null);
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
