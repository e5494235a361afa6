package io.rekindle.dashboard.clients;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.dashboard.database.NullableColumns;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The points that a computed score is the sum of.
 *
 * @param byKey the points of every factor by its key, in order; null where none are stored
 */
public record FactorPoints(@JsonValue Map<String, BigDecimal> byKey) {

  /** Makes the points unmodifiable. */
  public FactorPoints {
    byKey = Collections.unmodifiableMap(byKey);
  }

  /** Reads the factors' columns; null if the user has no score. */
  static FactorPoints read(ResultSet row) throws SQLException {
    Map<String, BigDecimal> byKey = new LinkedHashMap<>();
    for (Factor factor : Factor.values()) {
      byKey.put(factor.key(), NullableColumns.points(row, factor.column()));
    }
    return byKey.get(Factor.RECENCY.key()) == null ? null : new FactorPoints(byKey);
  }

  /** The points of a factor; null if none are stored. */
  public BigDecimal of(Factor factor) {
    return byKey.get(factor.key());
  }
}
