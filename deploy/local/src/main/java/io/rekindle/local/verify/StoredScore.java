package io.rekindle.local.verify;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/**
 * A row of {@code engagement.user_scores}. Instants are epoch milliseconds, or {@link Score#NEVER}
 * for null. The usual gap is 0 for null. Points and amounts are null where the table has null.
 */
record StoredScore(
    String userId,
    BigDecimal score,
    Map<Factor, BigDecimal> points,
    BigDecimal orderProbability,
    BigDecimal valueAtStake,
    String band,
    String segment,
    boolean atRisk,
    long atRiskSince,
    long nextChangeAt,
    boolean overridden,
    BigDecimal computedScore,
    int orderCount,
    BigDecimal averageOrderValue,
    long lastOrderAt,
    long usualGapMs,
    long lastContactAt,
    long asOf) {

  /** The query for {@link #read}, in no order; its parameter is that of a {@link UserRowCursor}. */
  static final String QUERY =
      "select user_id, score, "
          + Factor.columns()
          + ", order_probability, value_at_stake, band, segment, at_risk, "
          + Millis.sql("at_risk_since")
          + " as at_risk_since, "
          + Millis.sql("next_change_at")
          + " as next_change_at, overridden, computed_score, order_count, average_order_value, "
          + Millis.sql("last_order_at")
          + " as last_order_at, usual_gap_ms, "
          + Millis.sql("last_contact_at")
          + " as last_contact_at, "
          + Millis.sql("as_of")
          + " as as_of from engagement.user_scores where coalesce(user_id = any (?), true)";

  /** The order of users that {@link ShopSnapshot.ByteOrder} compares. */
  static final String ORDER = " order by user_id collate \"C\"";

  static StoredScore read(ResultSet row) throws SQLException {
    return new StoredScore(
        row.getString("user_id"),
        row.getBigDecimal("score"),
        points(row),
        row.getBigDecimal("order_probability"),
        row.getBigDecimal("value_at_stake"),
        row.getString("band"),
        row.getString("segment"),
        row.getBoolean("at_risk"),
        Millis.orNever(row, "at_risk_since"),
        Millis.orNever(row, "next_change_at"),
        row.getBoolean("overridden"),
        row.getBigDecimal("computed_score"),
        row.getInt("order_count"),
        row.getBigDecimal("average_order_value"),
        Millis.orNever(row, "last_order_at"),
        row.getLong("usual_gap_ms"),
        Millis.orNever(row, "last_contact_at"),
        row.getLong("as_of"));
  }

  private static Map<Factor, BigDecimal> points(ResultSet row) throws SQLException {
    Map<Factor, BigDecimal> points = new EnumMap<>(Factor.class);
    for (Factor factor : Factor.values()) {
      points.put(factor, row.getBigDecimal(factor.column()));
    }
    return points;
  }
}
