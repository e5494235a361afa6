package io.rekindle.platform.jdbc;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;

/**
 * Binds the parameters of a statement that takes its rows from {@code unnest(?, ?, …)}: one array
 * per column, in the order of the calls. A batch is one statement whatever its size. A null value
 * is a null element.
 *
 * @param <T> a row
 */
public final class UnnestColumns<T> {

  private final Connection connection;
  private final PreparedStatement statement;
  private final Collection<T> rows;
  private int column;

  /** Binds the columns of a statement. */
  @FunctionalInterface
  public interface Binder<T> {
    void bind(UnnestColumns<T> columns) throws SQLException;
  }

  /** Executes a statement over all rows at once. Without rows, it does nothing. */
  public static <T> void update(
      Connection connection, String sql, Collection<T> rows, Binder<T> binder) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      binder.bind(new UnnestColumns<>(connection, statement, rows));
      statement.executeUpdate();
    }
  }

  /** Binds from the statement's first parameter on. */
  public UnnestColumns(Connection connection, PreparedStatement statement, Collection<T> rows) {
    this.connection = connection;
    this.statement = statement;
    this.rows = rows;
  }

  /** A column of type text. */
  public UnnestColumns<T> text(Function<T, String> value) throws SQLException {
    return bind("text", rows.stream().map(value).toArray(String[]::new));
  }

  /** A column of type numeric. */
  public UnnestColumns<T> numeric(Function<T, BigDecimal> value) throws SQLException {
    return bind("numeric", rows.stream().map(value).toArray(BigDecimal[]::new));
  }

  /** A column of type int. */
  public UnnestColumns<T> integer(Function<T, Integer> value) throws SQLException {
    return bind("int4", rows.stream().map(value).toArray(Integer[]::new));
  }

  /** A column of type bigint. */
  public UnnestColumns<T> bigint(Function<T, Long> value) throws SQLException {
    return bind("int8", rows.stream().map(value).toArray(Long[]::new));
  }

  /** A column of type boolean. */
  public UnnestColumns<T> bool(Function<T, Boolean> value) throws SQLException {
    return bind("bool", rows.stream().map(value).toArray(Boolean[]::new));
  }

  /** A column of type bigint with epoch milliseconds; the given value stands for null. */
  public UnnestColumns<T> instant(Function<T, Long> value, long nothing) throws SQLException {
    return bigint(
        row -> {
          Long instant = value.apply(row);
          return instant == nothing ? null : instant;
        });
  }

  private UnnestColumns<T> bind(String type, Object[] values) throws SQLException {
    column++;
    statement.setArray(column, connection.createArrayOf(type, values));
    return this;
  }
}
