package io.rekindle.dashboard.reconstruction;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.reconstruction.HistoryReconstruction.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Reconstructs the past once, in the background, on a connection of its own. It begins when every
 * client has a score, and ends when the past is stored. A failure is logged and tried again.
 * Thread-safe.
 */
public final class ReconstructionLoop implements AutoCloseable {

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final DashboardDatabase database;
  private final Duration pause;
  private final BackgroundLoop loop = new BackgroundLoop("reconstruction", RETRY, this::round);
  private volatile double share;
  private volatile boolean failing;

  /**
   * Creates the loop, which begins with {@link #start}.
   *
   * @param pause the pause after each batch of clients
   */
  public ReconstructionLoop(DashboardDatabase database, Duration pause) {
    this.database = database;
    this.pause = pause;
  }

  /** Begins in a thread of its own. */
  public void start() {
    loop.start();
  }

  /** The part of the clients whose past this process knows to be stored, 0 to 1. */
  public double share() {
    return share;
  }

  /** Whether the last attempt of this process failed. */
  public boolean isFailing() {
    return failing;
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws SQLException, InterruptedException {
    try (Connection connection = database.connectUnlimited()) {
      Outcome outcome =
          new HistoryReconstruction(connection, pause, done -> share = done).run().outcome();
      failing = false;
      return outcome != Outcome.FINISHED;
    } catch (SQLException | RuntimeException e) {
      failing = true;
      throw e;
    }
  }
}
