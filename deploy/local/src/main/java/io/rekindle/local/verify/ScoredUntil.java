package io.rekindle.local.verify;

import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.scoring.Score;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Waits until the pipeline has stored all scores up to an instant. */
final class ScoredUntil {

  private static final Duration POLL = Duration.ofMillis(50);

  private final Connection connection;
  private final Duration timeout;
  private final Progress progress;

  /**
   * @param connection connection in auto-commit mode, so that each query sees the present
   * @param timeout the longest time without progress of the pipeline
   */
  ScoredUntil(Connection connection, Duration timeout, Progress progress) {
    this.connection = connection;
    this.timeout = timeout;
    this.progress = progress;
  }

  /**
   * Returns when {@code user_scores} is complete up to the instant.
   *
   * @throws Failure if the pipeline makes no progress; the message has its position
   */
  void await(long instant) throws SQLException, InterruptedException {
    long reached = Score.NEVER;
    long movedAt = System.nanoTime();
    while (true) {
      long now = reached();
      if (now >= instant) {
        return;
      }
      if (now != reached) {
        reached = now;
        movedAt = System.nanoTime();
      }
      if (System.nanoTime() - movedAt > timeout.toNanos()) {
        throw new Failure(explain(reached, instant));
      }
      progress.step("waiting for the pipeline to reach " + Millis.show(instant));
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Returns the reached instant; {@link Score#NEVER} before the first scores. */
  long reached() throws SQLException {
    String sql = "select " + Millis.sql("scored_until") + " as until from engagement.scored_until";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? Millis.orNever(row, "until") : Score.NEVER;
    }
  }

  private String explain(long reached, long instant) throws SQLException {
    String prefix = "the pipeline has not moved for %d s; ".formatted(timeout.toSeconds());
    if (reached != Score.NEVER) {
      return prefix
          + "it stands at %s, %.1f s before the instant to verify, held by part %s: `rekindle status` names the partition"
              .formatted(Millis.show(reached), (instant - reached) / 1000.0, slowest());
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*), max(parallelism) from engagement.pipeline_progress")) {
      row.next();
      return row.getInt(1) == 0
          ? prefix + "no part of the job has stored a score yet: see `rekindle status`"
          : prefix
              + "%d of %d parts of the job have said how far they are: see `rekindle status`"
                  .formatted(row.getInt(1), row.getInt(2));
    }
  }

  private String slowest() throws SQLException {
    String sql =
        "select subtask, parallelism from engagement.pipeline_progress order by watermark limit 1";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return "%d of %d".formatted(row.getInt("subtask") + 1, row.getInt("parallelism"));
    }
  }
}
