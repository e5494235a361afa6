package io.rekindle.dashboard.web.list;

import io.rekindle.platform.text.FormulaGuard;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Writes a list as RFC 4180 has it, row by row, so that it may be longer than memory.
 *
 * <p>It begins with a byte order mark, by which spreadsheets know UTF-8. A value is in quotes if a
 * spreadsheet of any country would divide it. {@link FormulaGuard} keeps texts from becoming
 * formulas. {@code rekindle import} reads the values back as they were.
 */
public final class Csv implements AutoCloseable {

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final String QUOTED = ",;|\t\"\r\n";
  private static final String QUOTED_IN_LISTS = ",;|\"[]{}";

  private final Writer out;

  /** Begins a file by the names of its columns. */
  public Csv(Writer out, String... columns) throws IOException {
    this.out = out;
    out.write(BYTE_ORDER_MARK);
    row((Object[]) columns);
  }

  /** Writes a row; null is an empty field, a collection its elements with semicolons between. */
  public void row(Object... values) throws IOException {
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        out.write(',');
      }
      out.write(field(values[i]));
    }
    out.write("\r\n");
  }

  @Override
  public void close() throws IOException {
    out.flush();
  }

  private static String field(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    String text =
        FormulaGuard.add(
            value instanceof Collection<?> many
                ? many.stream().map(Csv::element).collect(Collectors.joining(";"))
                : value.toString());
    return isQuoted(text) ? quoted(text) : text;
  }

  /** An element of a list, in quotes of its own if it would be divided. */
  private static String element(Object value) {
    String text = String.valueOf(value);
    boolean divided =
        text.isEmpty()
            || !text.equals(text.strip())
            || text.chars().anyMatch(c -> QUOTED_IN_LISTS.indexOf(c) >= 0);
    return divided ? quoted(text) : text;
  }

  private static boolean isQuoted(String text) {
    return text.chars().anyMatch(c -> QUOTED.indexOf(c) >= 0);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }
}
