package io.rekindle.dashboard.web.list;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a list looks like as CSV: the file's name and its columns. Immutable. */
public final class CsvFormat<T> {

  private final String name;
  private final List<Column<T>> columns;

  private record Column<T>(String name, Function<? super T, ?> value) {}

  private CsvFormat(String name, List<Column<T>> columns) {
    this.name = name;
    this.columns = columns;
  }

  /** A file without columns yet; its name is without extension. */
  public static <T> CsvFormat<T> named(String name) {
    return new CsvFormat<>(name, List.of());
  }

  /** With one more column, of values as {@link Csv#row} writes them. */
  public CsvFormat<T> with(String column, Function<? super T, ?> value) {
    List<Column<T>> more = new ArrayList<>(columns);
    more.add(new Column<>(column, value));
    return new CsvFormat<>(name, List.copyOf(more));
  }

  String name() {
    return name;
  }

  String[] header() {
    return columns.stream().map(Column::name).toArray(String[]::new);
  }

  Object[] row(T item) {
    return columns.stream().map(column -> column.value().apply(item)).toArray();
  }
}
