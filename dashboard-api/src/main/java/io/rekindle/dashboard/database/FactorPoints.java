package io.rekindle.dashboard.database;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.scoring.factor.Factor;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

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

  /** A column with the points of all factors, read from the factors' own columns of a table. */
  public static String column(String table) {
    return Arrays.stream(Factor.values())
        .map(factor -> table + "." + factor.column())
        .collect(Collectors.joining(", ", "array[", "]"));
  }

  /** Reads such a column; null if the user has no score. */
  static FactorPoints read(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    if (array == null) {
      return null;
    }
    BigDecimal[] points = (BigDecimal[]) array.getArray();
    Map<String, BigDecimal> byKey = new LinkedHashMap<>();
    for (Factor factor : Factor.values()) {
      byKey.put(factor.key(), RowMappers.points(points[factor.index()]));
    }
    return byKey.get(Factor.RECENCY.key()) == null ? null : new FactorPoints(byKey);
  }

  /** The points of a factor; null if none are stored. */
  public BigDecimal of(Factor factor) {
    return byKey.get(factor.key());
  }
}
