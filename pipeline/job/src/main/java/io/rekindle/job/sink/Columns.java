package io.rekindle.job.sink;

import io.rekindle.scoring.Score;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Binds the columns of a statement that takes its rows from {@code unnest(?, ?, …)}: one array per
 * column, so that a batch is one statement whatever its size.
 */
final class Columns<T> {

  private final Connection connection;
  private final PreparedStatement statement;
  private final List<T> rows;
  private int column;

  Columns(Connection connection, PreparedStatement statement, List<T> rows) {
    this.connection = connection;
    this.statement = statement;
    this.rows = rows;
  }

  Columns<T> text(Function<T, String> value) throws SQLException {
    return bind("text", rows.stream().map(value).toArray(String[]::new));
  }

  Columns<T> numeric(Function<T, BigDecimal> value) throws SQLException {
    return bind("numeric", rows.stream().map(value).toArray(BigDecimal[]::new));
  }

  Columns<T> integer(ToIntFunction<T> value) throws SQLException {
    return bind("int4", rows.stream().mapToInt(value).toArray());
  }

  Columns<T> bigint(ToLongFunction<T> value) throws SQLException {
    return bind("int8", rows.stream().mapToLong(value).toArray());
  }

  /** Epoch milliseconds, null for {@link Score#NEVER}. */
  Columns<T> instant(ToLongFunction<T> value) throws SQLException {
    Long[] values = new Long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      long instant = value.applyAsLong(rows.get(i));
      values[i] = instant == Score.NEVER ? null : Long.valueOf(instant);
    }
    return bind("int8", values);
  }

  Columns<T> bool(Predicate<T> value) throws SQLException {
    boolean[] values = new boolean[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.test(rows.get(i));
    }
    return bind("bool", values);
  }

  /** As {@link #bool}, with null where there is no value. */
  Columns<T> nullableBool(Function<T, Boolean> value) throws SQLException {
    return bind("bool", rows.stream().map(value).toArray(Boolean[]::new));
  }

  private Columns<T> bind(String type, Object values) throws SQLException {
    column++;
    if (values instanceof Object[] objects) {
      statement.setArray(column, connection.createArrayOf(type, objects));
    } else {
      statement.setArray(
          column, connection.unwrap(org.postgresql.PGConnection.class).createArrayOf(type, values));
    }
    return this;
  }
}
