package io.rekindle.dashboard.database;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Nullable columns of a result's current row in the types that the records of the API have. */
public final class NullableColumns {

  private NullableColumns() {}

  public static Instant instant(ResultSet row, String column) throws SQLException {
    return instant(row, row.findColumn(column));
  }

  static Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** Without trailing zeros: 66, not 66.0000, for a number that can have a fraction. */
  public static BigDecimal points(ResultSet row, String column) throws SQLException {
    return points(row, row.findColumn(column));
  }

  static BigDecimal points(ResultSet row, int column) throws SQLException {
    BigDecimal points = row.getBigDecimal(column);
    if (points == null) {
      return null;
    }
    BigDecimal stripped = points.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Never null; null elements are left out. */
  public static List<String> texts(ResultSet row, String column) throws SQLException {
    return texts(row, row.findColumn(column));
  }

  static List<String> texts(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null
        ? List.of()
        : Arrays.stream((Object[]) array.getArray())
            .filter(Objects::nonNull)
            .map(Object::toString)
            .toList();
  }
}
