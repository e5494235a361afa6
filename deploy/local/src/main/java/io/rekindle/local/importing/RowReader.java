package io.rekindle.local.importing;

import java.time.Instant;
import java.util.Set;

/**
 * Reads the rows of one file.
 *
 * @param <R> the row of the table
 */
interface RowReader<R> {

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

  Parsed<R> read(RowFields fields) throws InvalidValueException;

  /** The id of the file's row, for messages about rows that follow it; null if it has none. */
  String idOf(RowFields fields);

  /** The time of a row's event; null if the file has none. */
  Instant time(R row);

  /** The columns of the table that the file speaks of. */
  Set<String> written();

  /** The columns of the file that mean nothing here, if people have named them for us. */
  Set<String> unknownColumns();

  /** Whether an id stands in several rows that are lines of one order. */
  boolean severalRowsEach();

  /** Whether the amounts of several rows with an id are summed. */
  boolean sums();

  /** Whether amounts have no currency beside them and no more decimals than their currency has. */
  boolean exactAmounts();
}
