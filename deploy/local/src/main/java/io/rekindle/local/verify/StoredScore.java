package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A row of {@code engagement.user_scores}. Instants are epoch milliseconds, or {@link Score#NEVER}
 * for null. Points and score are null where the table has null.
 */
record StoredScore(
    String userId,
    BigDecimal score,
    BigDecimal recencyPoints,
    BigDecimal rhythmPoints,
    BigDecimal frequencyPoints,
    BigDecimal valuePoints,
    BigDecimal contactPoints,
    String band,
    String segment,
    boolean atRisk,
    long atRiskSince,
    long nextChangeAt,
    long asOf) {

  /** The columns for {@link #read}. */
  static final String COLUMNS =
      "user_id, score, recency_points, rhythm_points, frequency_points, value_points,"
          + " contact_points, band, segment, at_risk, "
          + Millis.sql("at_risk_since")
          + " as at_risk_since, "
          + Millis.sql("next_change_at")
          + " as next_change_at, "
          + Millis.sql("as_of")
          + " as as_of";

  static StoredScore read(ResultSet row) throws SQLException {
    return new StoredScore(
        row.getString("user_id"),
        row.getBigDecimal("score"),
        row.getBigDecimal("recency_points"),
        row.getBigDecimal("rhythm_points"),
        row.getBigDecimal("frequency_points"),
        row.getBigDecimal("value_points"),
        row.getBigDecimal("contact_points"),
        row.getString("band"),
        row.getString("segment"),
        row.getBoolean("at_risk"),
        Millis.orNever(row, "at_risk_since"),
        Millis.orNever(row, "next_change_at"),
        row.getLong("as_of"));
  }
}
