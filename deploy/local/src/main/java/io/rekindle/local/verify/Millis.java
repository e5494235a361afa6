package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Rounds the microseconds of Postgres down to the milliseconds of the pipeline. */
final class Millis {

  private Millis() {}

  /**
   * Returns SQL for a timestamptz in epoch milliseconds. It is exact, since extract returns
   * numeric, and rounds down also before 1970.
   */
  static String sql(String timestamp) {
    return "floor(extract(epoch from " + timestamp + ") * 1000)::bigint";
  }

  static long orNever(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Score.NEVER : millis;
  }

  static String show(long millis) {
    return millis == Score.NEVER ? "none" : Instant.ofEpochMilli(millis).toString();
  }
}
