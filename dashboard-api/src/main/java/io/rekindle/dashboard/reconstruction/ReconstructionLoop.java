package io.rekindle.dashboard.reconstruction;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.reconstruction.HistoryReconstruction.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Reconstructs the past once, in the background, on a connection of its own. It begins when every
 * client has a score, and ends when the past is stored. Thread-safe.
 */
public final class ReconstructionLoop implements AutoCloseable {

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final DashboardDatabase database;
  private final Duration pause;
  private final BackgroundLoop loop = new BackgroundLoop("reconstruction", RETRY, this::round);

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

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws SQLException, InterruptedException {
    try (Connection connection = database.connectUnlimited()) {
      return new HistoryReconstruction(connection, pause).run().outcome() != Outcome.FINISHED;
    }
  }
}
