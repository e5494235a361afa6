package io.rekindle.local.stack;

import io.rekindle.local.server.StackInfo;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches {@code engagement.capture_faults}: the publication, the replica identities, the slot and
 * the rights of the role of capture. Capture itself does not notice such a fault. Not thread-safe.
 */
final class CaptureFaults {

  /** The code of a database whose log ends before positions that capture has seen. */
  static final String LOG_WENT_BACK = "LOG_WENT_BACK";

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Supplier<StackInfo> info;
  private final Consumer<String> log;
  private Set<String> seen = Set.of();
  private final Set<String> reported = new HashSet<>();

  /**
   * Creates a watch that has reported nothing yet.
   *
   * @param log receives a line for each fault, and a line when it has gone
   */
  CaptureFaults(Supplier<StackInfo> info, Consumer<String> log) {
    this.info = info;
    this.log = log;
  }

  /** Returns the faults, a sentence each with the statement that mends it. */
  static List<String> read(StackInfo info, Duration timeout) throws SQLException {
    try (Connection connection = info.ownerDatabase(timeout).getConnection()) {
      return read(connection);
    }
  }

  /** Returns the faults by a connection of the owner. */
  static List<String> read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select fault, subject, remedy from engagement.capture_faults order by 1, 2")) {
      List<String> faults = new ArrayList<>();
      while (row.next()) {
        faults.add("%s %s: %s".formatted(row.getString(1), row.getString(2), row.getString(3)));
      }
      return faults;
    }
  }

  /** Checks once. Reports a fault that the check before saw, too, since a start takes a moment. */
  void check() throws IOException {
    List<String> faults;
    try {
      faults = read(info.get(), TIMEOUT);
    } catch (SQLException e) {
      throw new IOException("capture is not watched: " + e.getMessage(), e);
    }
    for (String fault : faults) {
      if (seen.contains(fault) && reported.add(fault)) {
        log.accept(
            "capture does not see every change: "
                + fault
                // Some faults name their own procedure.
                + (fault.contains("docs/")
                    ? ""
                    : "; see RekindleCaptureIncomplete in docs/runbook.md"));
      }
    }
    reported.removeIf(
        fault -> {
          boolean gone = !faults.contains(fault);
          if (gone) {
            log.accept("capture is as it should be again: " + fault);
          }
          return gone;
        });
    seen = Set.copyOf(faults);
  }
}
