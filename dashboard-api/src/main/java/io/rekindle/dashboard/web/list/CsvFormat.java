package io.rekindle.dashboard.web.list;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The name and the columns of a CSV file. Every component of a record is a column, so that a new
 * component cannot be forgotten here. A component that JSON unwraps is unwrapped here, too.
 * Immutable.
 */
public final class CsvFormat<T extends Record> {

  private final String name;
  private final List<Column> columns;

  private record Column(String name, UnaryOperator<Object> value) {}

  private CsvFormat(String name, List<Column> columns) {
    this.name = name;
    this.columns = columns;
  }

  /**
   * A file with a column for each component of a record, in their order.
   *
   * @param name of the file, without extension
   */
  public static <T extends Record> CsvFormat<T> of(String name, Class<T> type) {
    List<Column> columns = new ArrayList<>();
    addColumns(columns, type, UnaryOperator.identity());
    return new CsvFormat<>(name, columns);
  }

  private static void addColumns(
      List<Column> columns, Class<?> type, UnaryOperator<Object> holder) {
    for (RecordComponent component : type.getRecordComponents()) {
      component.getAccessor().setAccessible(true);
      UnaryOperator<Object> value = item -> value(component, holder.apply(item));
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        addColumns(columns, component.getType(), value);
      } else {
        columns.add(new Column(component.getName(), value));
      }
    }
  }

  /**
   * The same file without some columns.
   *
   * @throws IllegalArgumentException if the record has no such component
   */
  public CsvFormat<T> without(String... components) {
    Set<String> left = Set.of(components);
    List<Column> remaining =
        columns.stream().filter(column -> !left.contains(column.name())).toList();
    if (remaining.size() != columns.size() - left.size()) {
      throw new IllegalArgumentException(
          name + " does not have all of the columns " + Arrays.toString(components));
    }
    return new CsvFormat<>(name, remaining);
  }

  String name() {
    return name;
  }

  String[] header() {
    return columns.stream().map(Column::name).toArray(String[]::new);
  }

  Object[] row(T item) {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).value().apply(item);
    }
    return values;
  }

  private static Object value(RecordComponent column, Object item) {
    try {
      return column.getAccessor().invoke(item);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + column, e);
    }
  }
}
