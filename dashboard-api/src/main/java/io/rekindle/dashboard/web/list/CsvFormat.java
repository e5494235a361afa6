package io.rekindle.dashboard.web.list;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The name and the columns of a CSV file. Every component of a record is a column, so that a new
 * component cannot be forgotten here. Immutable.
 */
public final class CsvFormat<T extends Record> {

  private final String name;
  private final List<RecordComponent> columns;

  private CsvFormat(String name, List<RecordComponent> columns) {
    this.name = name;
    this.columns = columns;
  }

  /**
   * A file with a column for each component of a record, in their order.
   *
   * @param name of the file, without extension
   */
  public static <T extends Record> CsvFormat<T> of(String name, Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      component.getAccessor().setAccessible(true);
    }
    return new CsvFormat<>(name, List.of(components));
  }

  /**
   * The same file without some columns.
   *
   * @throws IllegalArgumentException if the record has no such component
   */
  public CsvFormat<T> without(String... components) {
    Set<String> left = Set.of(components);
    List<RecordComponent> remaining =
        columns.stream().filter(column -> !left.contains(column.getName())).toList();
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
    return columns.stream().map(RecordComponent::getName).toArray(String[]::new);
  }

  Object[] row(T item) {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(columns.get(i), item);
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
