package io.rekindle.local.csv;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Divides a text into rows and values by RFC 4180, and goes on after a row that breaks it.
 *
 * <p>A kept library would do, but for two needs: to name the line in which a stray quote opens, and
 * to read the rows behind that line. Here a quote that swallows rows costs only its own line. The
 * memory for a row is bounded.
 *
 * <p>Accepted beyond the standard: all three kinds of line end, blanks around quoted values, and
 * quotes that are not doubled within a value of one line.
 */
final class CsvReader implements Closeable {

  /** A longer row is taken for what a stray quote has swallowed. */
  private static final int MAX_ROW_CHARS = 1 << 20;

  private static final int FIRST_BUFFER = 1 << 16;
  private static final char QUOTE = '"';
  private static final int END = -1;

  private final Reader in;
  private final char separator;

  // The row begins at begin. What is read of it stays in the buffer, so places are kept relative.
  private char[] buffer = new char[FIRST_BUFFER];
  private int begin;
  private int next;
  private int limit;
  private boolean ended;
  private boolean tooLong;

  private long line;
  private int columns;
  private List<String> values;

  /**
   * @param separator between the values of a row
   * @param line the number of the first line
   */
  CsvReader(Reader in, char separator, long line) {
    this.in = in;
    this.separator = separator;
    this.line = line;
  }

  /** Sets the number of columns, so that a quoted value that holds whole rows is noticed. */
  void expect(int columns) {
    this.columns = columns;
  }

  /** Reads the next row that is not blank; null at the end. */
  CsvFile.Row next() throws IOException {
    while (true) {
      begin = next;
      if (peek() == END) {
        return null;
      }
      long first = line;
      values = new ArrayList<>(Math.max(columns, 8));
      tooLong = false;
      String defect = readRow();
      if (defect != null || !isBlank(values)) {
        return new CsvFile.Row(first, values, defect);
      }
    }
  }

  private static boolean isBlank(List<String> values) {
    for (String value : values) {
      if (!value.isBlank()) {
        return false;
      }
    }
    return true;
  }

  /** Reads the values of a row. Returns what is wrong with it, or null. */
  private String readRow() throws IOException {
    while (true) {
      int start = next - begin;
      String defect = skipBlanks() == QUOTE ? readQuoted() : readPlain(start);
      if (defect != null) {
        return defect;
      }
      int c = peek();
      if (c != separator) {
        endLine(c);
        return null;
      }
      next++;
    }
  }

  /** Reads a value without quotes. {@code start} is its place in the row, blanks included. */
  private String readPlain(int start) throws IOException {
    int c = peek();
    while (c != separator && !endsLine(c)) {
      next++;
      while (next < limit && isText(buffer[next])) {
        next++;
      }
      c = peek();
      if (tooLong) {
        return passOver(start, "the row has more than %,d characters".formatted(MAX_ROW_CHARS));
      }
    }
    values.add(text(start));
    return null;
  }

  /** Reads a value that begins with a quote. */
  private String readQuoted() throws IOException {
    int quote = next - begin;
    int swallowed = 0;
    int separators = 0;
    boolean doubled = false;
    next++;
    while (true) {
      int c = peek();
      if (c == END) {
        return stray(quote, "is never closed");
      }
      if (tooLong) {
        return stray(quote, "is not closed within a million characters");
      }
      next++;
      if (c == separator) {
        separators++;
      } else if (c == '\n' || (c == '\r' && peek() != '\n')) {
        if (swallowed > 0 && isRow(separators)) {
          return stray(quote, "swallows the rows behind it");
        }
        swallowed++;
        separators = 0;
      } else if (c == QUOTE) {
        if (peek() == QUOTE) {
          next++;
          doubled = true;
          continue;
        }
        int end = next - 1 - begin;
        int after = skipBlanks();
        boolean closes = after == separator || endsLine(after);
        if (!closes && swallowed == 0) {
          return readUnescaped(quote);
        }
        if (!closes) {
          return stray(quote, "closes within a value of line " + (line + swallowed));
        }
        if (swallowed > 0 && isRow(separators)) {
          return stray(quote, "swallows the rows behind it");
        }
        String value = new String(buffer, begin + quote + 1, end - quote - 1);
        values.add(doubled ? value.replace("\"\"", "\"") : value);
        line += swallowed;
        return null;
      }
    }
  }

  private boolean isRow(int separators) {
    return columns > 2 && separators >= columns - 1;
  }

  /** Reads a value of one line whose quotes are not doubled, such as {@code "Pot of 7" width"}. */
  private String readUnescaped(int quote) throws IOException {
    next = begin + quote;
    String defect = readPlain(quote);
    if (defect == null) {
      String value = values.remove(values.size() - 1).strip();
      boolean paired = value.chars().filter(c -> c == QUOTE).count() % 2 == 0;
      if (paired) {
        value = value.replace("\"", "");
      } else {
        int end = value.endsWith("\"") ? value.length() - 1 : value.length();
        value = value.substring(1, end);
      }
      values.add(value);
    }
    return defect;
  }

  /** Gives up the line in which a quote opens. The lines behind it are rows of their own. */
  private String stray(int quote, String what) throws IOException {
    long opened = line;
    next = begin + quote;
    passOver(quote, what);
    return "a quote that opens in line %d %s: double the quote or remove it"
        .formatted(opened, what);
  }

  /** Adds the rest of the line as a value, and passes over it. */
  private String passOver(int start, String defect) throws IOException {
    int c = peek();
    while (!endsLine(c) && next - begin <= MAX_ROW_CHARS) {
      next++;
      c = peek();
    }
    values.add(text(start));
    while (!endsLine(c)) {
      next++;
      begin = next;
      c = peek();
    }
    endLine(c);
    return defect;
  }

  private int skipBlanks() throws IOException {
    int c = peek();
    while (c == ' ' || (c == '\t' && separator != '\t')) {
      next++;
      c = peek();
    }
    return c;
  }

  private void endLine(int c) throws IOException {
    if (c == END) {
      return;
    }
    next++;
    if (c == '\r' && peek() == '\n') {
      next++;
    }
    line++;
  }

  private boolean isText(char c) {
    return c != separator && c != '\n' && c != '\r';
  }

  private static boolean endsLine(int c) {
    return c == '\n' || c == '\r' || c == END;
  }

  private String text(int start) {
    int from = begin + start;
    return from == next ? "" : new String(buffer, from, next - from);
  }

  private int peek() throws IOException {
    return next < limit || fill() ? buffer[next] : END;
  }

  /** Reads more of the text; false at its end. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    int kept = limit - begin;
    tooLong |= kept > MAX_ROW_CHARS;
    if (kept > buffer.length / 2) {
      buffer = Arrays.copyOfRange(buffer, begin, begin + buffer.length * 2);
    } else {
      System.arraycopy(buffer, begin, buffer, 0, kept);
    }
    next -= begin;
    limit = kept;
    begin = 0;
    int read = in.read(buffer, limit, buffer.length - limit);
    if (read < 0) {
      ended = true;
      return false;
    }
    limit += read;
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
