package io.rekindle.local.importing;

import io.rekindle.local.terminal.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a CSV file in UTF-8 row by row. The first line names the columns. A byte order mark, both
 * kinds of line end, empty lines and line breaks within quotes are allowed.
 */
public final class CsvFile implements Closeable {

  /**
   * One row of the file.
   *
   * @param line first line of the row; the header is line 1
   * @param values the values of the row, unchanged
   */
  public record Row(long line, List<String> values) {}

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  /** A tolerant format, so that a row with a stray quote is one row. */
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setIgnoreEmptyLines(false)
          .setTrailingData(true)
          .setLenientEof(true)
          .get();

  private final Path path;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> header;

  private CsvFile(Path path, CSVParser parser) {
    this.path = path;
    this.parser = parser;
    records = parser.iterator();
    Row first = next();
    if (first == null) {
      throw new Failure(path + " is empty: its first line must name the columns");
    }
    header = first.values().stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    Set<String> seen = new HashSet<>();
    for (String column : header) {
      if (!seen.add(column)) {
        throw new Failure(path + " has two columns named '" + column + "': remove one");
      }
    }
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws Failure if the file or its header cannot be read
   */
  public static CsvFile open(Path path) {
    try {
      return new CsvFile(path, CSVParser.parse(withoutByteOrderMark(path), FORMAT));
    } catch (NoSuchFileException e) {
      throw new Failure(path + " does not exist", e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Returns the names of the columns in lower case, in the file's order. */
  public List<String> header() {
    return header;
  }

  /**
   * Checks that the file has the required columns.
   *
   * @throws Failure if a column is missing; the message names the missing columns
   */
  public void require(Set<String> columns) {
    Set<String> missing = new TreeSet<>(columns);
    header.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw new Failure(
          "%s has no column %s; its first line names %s"
              .formatted(path, String.join(", ", missing), String.join(", ", header)));
    }
  }

  /** Returns the next row; null at the end of the file. */
  public Row next() {
    try {
      while (true) {
        // The line number is read first, since the parser then moves to the record's end.
        long line = parser.getCurrentLineNumber() + 1;
        if (!records.hasNext()) {
          return null;
        }
        CSVRecord record = records.next();
        if (record.size() > 1 || !record.get(0).isEmpty()) {
          return new Row(line, List.of(record.values()));
        }
      }
    } catch (UncheckedIOException e) {
      throw unreadable(path, e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private static Reader withoutByteOrderMark(Path path) throws IOException {
    PushbackReader reader =
        new PushbackReader(
            new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8));
    int first = reader.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      reader.unread(first);
    }
    return reader;
  }

  private static Failure unreadable(Path path, IOException e) {
    return new Failure(path + " cannot be read: " + e.getMessage(), e);
  }
}
