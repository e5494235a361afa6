package io.rekindle.dashboard.web.list;

import io.javalin.http.Context;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Writes a list as RFC 4180 has it, row by row, so that it may be longer than memory. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front.
 */
public final class Csv implements AutoCloseable {

  private static final String FORMULA_STARTS = "=+-@\t\r";

  private final Writer out;

  private Csv(Writer out) {
    this.out = out;
  }

  /**
   * Begins the answer; from here on a failure can only cut it off.
   *
   * @param name of the file, without extension
   */
  public static Csv answer(Context ctx, String name, String... columns) throws IOException {
    ctx.contentType("text/csv; charset=utf-8");
    ctx.header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
    Csv csv =
        new Csv(
            new BufferedWriter(
                new OutputStreamWriter(ctx.res().getOutputStream(), StandardCharsets.UTF_8),
                32 * 1024));
    csv.row((Object[]) columns);
    return csv;
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

  static String field(Object value) {
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
        value instanceof Collection<?> many
            ? many.stream().map(String::valueOf).collect(Collectors.joining(";"))
            : value.toString();
    if (!text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
