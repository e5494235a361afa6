package io.rekindle.job.sink;

import io.rekindle.scoring.Score;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * Binds the columns of a statement that takes its rows from {@code unnest(?, ?, …)}: one array per
 * column, so that a batch is one statement whatever its size. A null value is a null element.
 */
final class UnnestColumns<T> {

  private final Connection connection;
  private final PreparedStatement statement;
  private final List<T> rows;
  private int column;

  UnnestColumns(Connection connection, PreparedStatement statement, List<T> rows) {
    this.connection = connection;
    this.statement = statement;
    this.rows = rows;
  }

  UnnestColumns<T> text(Function<T, String> value) throws SQLException {
    return bind("text", rows.stream().map(value).toArray(String[]::new));
  }

  UnnestColumns<T> numeric(Function<T, BigDecimal> value) throws SQLException {
    return bind("numeric", rows.stream().map(value).toArray(BigDecimal[]::new));
  }

  UnnestColumns<T> integer(Function<T, Integer> value) throws SQLException {
    return bind("int4", rows.stream().map(value).toArray(Integer[]::new));
  }

  UnnestColumns<T> bigint(Function<T, Long> value) throws SQLException {
    return bind("int8", rows.stream().map(value).toArray(Long[]::new));
  }

  /** Epoch milliseconds, null for {@link Score#NEVER}. */
  UnnestColumns<T> instant(Function<T, Long> value) throws SQLException {
    return bigint(
        row -> {
          Long instant = value.apply(row);
          return instant == Score.NEVER ? null : instant;
        });
  }

  UnnestColumns<T> bool(Function<T, Boolean> value) throws SQLException {
    return bind("bool", rows.stream().map(value).toArray(Boolean[]::new));
  }

  private UnnestColumns<T> bind(String type, Object[] values) throws SQLException {
    column++;
    statement.setArray(column, connection.createArrayOf(type, values));
    return this;
  }
}
