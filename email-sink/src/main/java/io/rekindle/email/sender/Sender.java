package io.rekindle.email.sender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rekindle.email.sender.outbox.MailTransport;
import io.rekindle.email.sender.outbox.Outbox;
import io.rekindle.email.sender.outbox.SenderMetrics;
import io.rekindle.email.sender.outbox.SendingLoop;
import io.rekindle.email.sender.outbox.TestOutbox;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.email.sender.settings.SenderSettings.Mode;
import io.rekindle.email.sender.smtp.LoggingMailTransport;
import io.rekindle.email.sender.smtp.SmtpMailTransport;
import io.rekindle.email.sender.web.SenderServer;
import io.rekindle.platform.process.FatalErrors;
import io.rekindle.platform.settings.DatabaseLogin;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sender: sends the emails that are ready and serves their unsubscribe links. It runs whether
 * or not its database and its SMTP server do. Any number may run on one database.
 *
 * <p>Thread-safe; close it to stop.
 */
public final class Sender implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  /** For the email under way; process managers wait longer before they kill. */
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(7);

  private final HikariDataSource database;
  private final SendingLoop loop;
  private final Thread thread;
  private final ScheduledExecutorService leases;
  private final SenderServer server;

  private Sender(SenderSettings settings, MailTransport transport) throws IOException {
    SenderMetrics metrics = new SenderMetrics();
    this.database = new HikariDataSource(pool(settings.database(), metrics));
    SenderSettings.Delivery delivery = settings.delivery();
    Outbox outbox =
        new Outbox(database, "sender-" + UUID.randomUUID(), delivery.lease(), delivery.expiry());
    this.loop = new SendingLoop(outbox, new TestOutbox(database), transport, delivery, metrics);
    metrics.observe(loop);
    this.thread = new Thread(loop, "sending");
    this.leases =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread daemon = new Thread(task, "leases");
              daemon.setDaemon(true);
              return daemon;
            });
    try {
      this.server =
          new SenderServer(settings.http(), settings.links(), database, outbox, loop, metrics);
    } catch (IOException | RuntimeException e) {
      leases.shutdownNow();
      database.close();
      throw e;
    }
    long third = delivery.lease().toMillis() / 3;
    // An email may take longer than the lease if its server is slow with each response.
    var unused =
        leases.scheduleWithFixedDelay(() -> renew(outbox), third, third, TimeUnit.MILLISECONDS);
    server.start();
    thread.start();
  }

  /**
   * Starts to send and to listen.
   *
   * @throws IOException if the address cannot be listened on
   */
  public static Sender start(SenderSettings settings) throws IOException {
    return start(
        settings,
        settings.mode() == Mode.LOG
            ? new LoggingMailTransport()
            : new SmtpMailTransport(settings.smtp(), settings.identity(), settings.links()));
  }

  static Sender start(SenderSettings settings, MailTransport transport) throws IOException {
    return new Sender(settings, transport);
  }

  /** The port that it listens on, also when the settings asked for a free one. */
  public int port() {
    return server.port();
  }

  /** Ends after the email under way, if that takes only seconds; gives the others back. */
  @Override
  public void close() {
    loop.stop();
    try {
      thread.join(SHUTDOWN_GRACE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    leases.shutdownNow();
    database.close();
  }

  private static void renew(Outbox outbox) {
    try {
      outbox.renew();
    } catch (SQLException e) {
      LOG.debug("Leases not renewed", e); // The loop logs when the database is away.
    } catch (RuntimeException e) {
      LOG.error("Leases not renewed", e); // Thrown, it would end the schedule.
    } catch (Error e) {
      FatalErrors.raise(e);
      throw e;
    }
  }

  private static HikariConfig pool(DatabaseLogin database, SenderMetrics metrics) {
    HikariConfig config = SenderPool.of(database);
    config.setMetricsTrackerFactory(metrics.ofPool());
    return config;
  }

  /**
   * Exit codes: 0 stopped or helped, 1 cannot listen, 2 wrong settings or arguments, 70 an error
   * that ended a thread.
   */
  public static void main(String[] args) {
    FatalErrors.endProcess();
    SenderSettings settings = SenderSettings.of(SenderSettings.SETTINGS.readOrExit(args));
    try {
      Sender sender = start(settings);
      Runtime.getRuntime().addShutdownHook(new Thread(sender::close, "shutdown"));
      LOG.info("Sender on http://{}:{}", settings.http().host(), sender.port());
    } catch (IOException e) {
      System.err.println(
          "Cannot listen: "
              + e.getMessage()
              + ". Set REKINDLE_SENDER_HOST and REKINDLE_SENDER_PORT.");
      System.exit(1);
    }
  }
}
