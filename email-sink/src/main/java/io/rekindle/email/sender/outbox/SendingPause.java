package io.rekindle.email.sender.outbox;

import io.rekindle.platform.jdbc.ConnectionFailure;
import io.rekindle.platform.rest.Backoff;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reason why nothing is sent at the moment, and the length of the pause. The sending thread
 * changes it; any thread may read it.
 */
final class SendingPause {

  private static final Logger LOG = LoggerFactory.getLogger(SendingPause.class);

  private static final Backoff RECONNECTS =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

  /** The server refuses the sender, which only an operator can change. */
  private static final Backoff REFUSALS = new Backoff(Duration.ofMinutes(1), Duration.ofHours(1));

  private int pauses;
  private volatile boolean databaseAway;

  /** Null while emails are sent. */
  private volatile String reason;

  /** Whether an operator has to fix {@link #reason}. */
  private volatile boolean refused;

  /** Why nothing is sent at the moment; empty while emails are sent. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  boolean isBecauseOf(SenderMetrics.Pause cause) {
    return switch (cause) {
      case REFUSED -> reason != null && refused;
      case AWAY -> reason != null && !refused;
      case DATABASE -> databaseAway;
    };
  }

  /**
   * Begins a pause since nothing can be handed over.
   *
   * @param refused whether an operator has to fix the cause
   * @return longer after each pause in a row
   */
  Duration begin(boolean refused, String why) {
    pauses++;
    this.refused = refused;
    reason = why;
    Duration pause = (refused ? REFUSALS : RECONNECTS).after(pauses);
    if (refused) {
      LOG.error("Sending pauses for {} s, an operator has to act: {}", pause.toSeconds(), why);
    } else {
      LOG.warn("Sending pauses for {} s: {}", pause.toSeconds(), why);
    }
    return pause;
  }

  /** Shows that nothing is sent, while the loop goes on to ask for emails that can be. */
  void show(String why) {
    refused = true;
    reason = why;
    LOG.error("Nothing is sent, an operator has to act: {}", why);
  }

  /**
   * Begins a pause since the database refuses to store a sent email. An operator has to fix that.
   *
   * @param refusals how often the database has refused it
   */
  Duration beginUnstored(int refusals, String why) {
    refused = true;
    reason = why;
    return RECONNECTS.after(refusals);
  }

  /** Emails are sent again. */
  void end() {
    pauses = 0;
    reason = null;
  }

  void databaseIsAway(SQLException e) {
    if (!databaseAway) {
      LOG.warn("Sending waits for the database: {}", ConnectionFailure.reason(e));
      databaseAway = true;
    }
  }

  void databaseIsBack() {
    if (databaseAway) {
      LOG.info("The database is back");
      databaseAway = false;
    }
  }
}
