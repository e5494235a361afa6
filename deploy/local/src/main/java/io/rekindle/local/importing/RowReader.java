package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the rows of one file.
 *
 * @param <R> the row of the table
 */
abstract class RowReader<R> {

  /**
   * What a row of the file is.
   *
   * @param kind what it is
   * @param id the id that it names; null if it is left out
   * @param row the row of the table, if the kind is ROW
   * @param line the line of an order in it; null if there is none
   * @param reason why it is left out
   */
  record Parsed<R>(Kind kind, String id, R row, OrderLine line, String reason) {

    static <R> Parsed<R> row(String id, R row, OrderLine line) {
      return new Parsed<>(Kind.ROW, id, row, line, null);
    }

    static <R> Parsed<R> continuation(String id, OrderLine line) {
      return new Parsed<>(Kind.CONTINUATION, id, null, line, null);
    }

    static <R> Parsed<R> leftOut(String id, String reason) {
      return new Parsed<>(Kind.LEFT_OUT, id, null, null, reason);
    }
  }

  /** The kinds of rows. */
  enum Kind {
    ROW,
    /** A further line of an order whose first row has the rest. */
    CONTINUATION,
    /** A row that is no row of the table, such as a draft. */
    LEFT_OUT
  }

  /** Whether the file has our own columns, and not those of another program. */
  final boolean own;

  final Columns columns;
  private final Set<String> written = new LinkedHashSet<>();

  /**
   * @param signature the columns that a file of our own columns must have
   * @throws io.rekindle.local.terminal.Failure if the file lacks one of them
   */
  RowReader(CsvFile file, Source source, List<String> signature) {
    own = source == Source.REKINDLE;
    columns = new Columns(file);
    if (own) {
      Set<String> missing = new LinkedHashSet<>(signature);
      missing.removeIf(columns::has);
      file.require(missing);
    }
  }

  /** Notes columns of the table of which the file speaks. */
  final void writes(boolean is, String... names) {
    if (is) {
      written.addAll(List.of(names));
    }
  }

  abstract Parsed<R> read(RowFields fields) throws InvalidValueException;

  /** The time of a row's event; null if the file has none. */
  abstract Instant time(R row);

  /** The id of the file's row, for messages about rows that follow it; null if it has none. */
  String idOf(RowFields fields) {
    return null;
  }

  /** Whether an id stands in several rows that are lines of one order. */
  boolean severalRowsEach() {
    return false;
  }

  /** Whether the amounts of several rows with an id are summed. */
  boolean sums() {
    return false;
  }

  /** The columns of the table that the file speaks of. */
  final Set<String> written() {
    return written;
  }

  /** The columns of the file that mean nothing here, if people have named them for us. */
  final Set<String> unknownColumns() {
    return own ? columns.unused() : Set.of();
  }

  /** Whether amounts have no currency beside them and no more decimals than their currency has. */
  final boolean exactAmounts() {
    return own;
  }
}
