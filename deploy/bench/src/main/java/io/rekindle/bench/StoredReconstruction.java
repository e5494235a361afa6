package io.rekindle.bench;

import io.rekindle.bench.sandbox.DashboardSandbox;
import io.rekindle.local.terminal.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;

/** The dashboard's reconstruction of a {@link LargeShop}, in the background and with its pauses. */
final class StoredReconstruction {

  private static final Duration LOOK = Duration.ofMillis(200);

  private static final String PROGRESS =
      """
      select finished_at is not null, users, users_total, rows,
             extract(epoch from finished_at - started_at)
      from engagement.reconstruction
      """;

  private StoredReconstruction() {}

  private record Run(boolean finished, long users, long usersTotal, long rows, double seconds) {}

  /** Fills the database if it is empty, reconstructs anew and prints time, rows and memory. */
  static void measure(Path directory, int users, Progress progress, PrintWriter out)
      throws SQLException, InterruptedException {
    try (DashboardSandbox sandbox = DashboardSandbox.start(directory, progress)) {
      LargeShop.ensure(sandbox.owner(), users, progress);
      try (Connection connection = sandbox.owner().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "truncate engagement.reconstructed_history, engagement.reconstructed_days,"
                + " engagement.reconstruction");
      }
      progress.step("starting the dashboard");
      sandbox.startDashboard();
      long resident = sandbox.residentBytes();
      Run run = await(sandbox.owner(), progress);
      out.printf(
          Locale.ROOT,
          "%,d users, %,d rows of the past stored in %.1f s; the dashboard took %d MB before, at"
              + " most %d MB%n",
          run.users(),
          run.rows(),
          run.seconds(),
          resident >> 20,
          sandbox.peakResidentBytes() >> 20);
    }
  }

  /** Waits for the end of the dashboard's reconstruction. */
  static Run await(DataSource owner, Progress progress) throws SQLException, InterruptedException {
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery(PROGRESS)) {
          if (row.next()) {
            Run run =
                new Run(
                    row.getBoolean(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getDouble(5));
            if (run.finished()) {
              return run;
            }
            progress.count("reconstructing the past", run.users(), run.usersTotal());
          }
        }
        Thread.sleep(LOOK.toMillis());
      }
    }
  }
}
