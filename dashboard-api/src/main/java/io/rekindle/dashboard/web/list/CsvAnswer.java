package io.rekindle.dashboard.web.list;

import io.javalin.http.Context;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;

/** Answers a request with a CSV file. */
final class CsvAnswer {

  private static final int BUFFER = 32 * 1024;

  private CsvAnswer() {}

  /**
   * Begins the answer; from here on a failure can only cut it off.
   *
   * @param name of the file, without extension
   */
  static Csv begin(Context ctx, String name, String... columns) throws IOException {
    ctx.contentType("text/csv; charset=utf-8");
    ctx.header("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
    return new Csv(
        new BufferedWriter(
            new OutputStreamWriter(ctx.res().getOutputStream(), StandardCharsets.UTF_8), BUFFER),
        columns);
  }
}
