package io.rekindle.local.verify;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/** The months of {@code engagement.score_history} that lack rows, since they were detached. */
public final class UnstoredHistory {

  private static final String QUERY =
      """
      select to_char(month, 'YYYY-MM'), rows from engagement.unstored_history order by month
      """;

  private UnstoredHistory() {}

  /** Returns the months, a sentence each. */
  public static List<String> read(DataSource database) throws SQLException {
    List<String> months = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      while (row.next()) {
        months.add(
            String.format(
                Locale.ROOT,
                "score_history of %s lacks at least %,d rows, since it was detached: see"
                    + " RekindleHistoryDetached in docs/runbook.md",
                row.getString(1),
                row.getLong(2)));
      }
    }
    return months;
  }
}
