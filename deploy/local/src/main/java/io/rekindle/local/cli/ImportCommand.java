package io.rekindle.local.cli;

import io.rekindle.local.importing.CsvImport;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rekindle import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a shop's own users and orders from CSV files into the running stack's database.",
      "",
      "The first line of each file names its columns, in any order.",
      "Columns of users: user_id and created_at; optional email, name, preferred_categories"
          + " (a;b;c), time_zone, locale, marketing_consent.",
      "Columns of orders: order_id, user_id, placed_at and amount; optional refunded_amount,"
          + " currency, status (PLACED or CANCELLED), category, cancelled_at, refunded_at.",
      "",
      "Times are ISO 8601, and UTC without a zone. Rows are written by id, so a second import of a"
          + " file changes nothing. The last of several rows with the same id counts. An order may"
          + " come before its user, and counts once the user is there. FILE.rejected.csv lists each"
          + " rejected row with its line number and the reason.",
      "",
      "All orders of a client in a file are written by one transaction. A client to whom orders"
          + " older than a day were added is scored once, when none has come for a minute (setting"
          + " backfill.quiet-time of the job). No email comes of a part of a history.",
      "",
      "The report counts the rows as inserted, updated, unchanged (stored already), repeated (the"
          + " id comes again further down) or rejected."
    })
public final class ImportCommand implements Callable<Integer> {

  @Mixin private DataOption data;

  @Option(names = "--users", paramLabel = "F.csv", description = "The file with the shop's users.")
  private Path users;

  @Option(
      names = "--orders",
      paramLabel = "F.csv",
      description = "The file with the shop's orders.")
  private Path orders;

  @Option(
      names = "--shift-to-now",
      description = "Moves all times by the same span, so that the newest order is now.")
  private boolean shiftToNow;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException {
    if (users == null && orders == null) {
      throw new Failure("nothing to import: name --users, --orders or both", 2);
    }
    if (shiftToNow && orders == null) {
      throw new Failure("--shift-to-now needs --orders: the newest order is moved to now", 2);
    }
    StackInfo stack = StackInfo.read(data.path());
    Map<String, CsvImport.Report> reports = new LinkedHashMap<>();
    Duration elapsed;
    try (Connection connection = stack.ownerDatabase().getConnection();
        Progress progress = Progress.onStandardError()) {
      connection.setAutoCommit(false);
      CsvImport csvImport = new CsvImport(connection, progress);
      Duration shift = shiftToNow ? csvImport.shiftToNow(orders) : Duration.ZERO;
      if (users != null) {
        reports.put("users", csvImport.users(users, shift));
      }
      if (orders != null) {
        reports.put("orders", csvImport.orders(orders, shift));
      }
      elapsed = progress.elapsed();
    }
    reports.forEach(this::print);
    long rows = reports.values().stream().mapToLong(CsvImport.Report::read).sum();
    double seconds = Math.max(1, elapsed.toMillis()) / 1000.0;
    spec.commandLine()
        .getOut()
        .printf(Locale.ROOT, "%,d rows in %.1f s, %,.0f rows/s%n", rows, seconds, rows / seconds);
    return 0;
  }

  private void print(String table, CsvImport.Report report) {
    PrintWriter err = spec.commandLine().getErr();
    if (!report.unknownColumns().isEmpty()) {
      err.printf(
          "warning: columns of %s that mean nothing here were left out: %s%n",
          table, String.join(", ", report.unknownColumns()));
    }
    if (report.rejected() > 0) {
      err.printf(
          Locale.ROOT,
          "warning: %,d rows of %s were not taken; see %s%n",
          report.rejected(),
          table,
          report.rejects());
    }
    if (report.withoutUser() > 0) {
      err.printf(
          Locale.ROOT,
          "notice: %,d of the %s belong to users whom the shop does not know; they count once it"
              + " does%n",
          report.withoutUser(),
          table);
    }
    err.flush();
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%-6s  read %,d  inserted %,d  updated %,d  unchanged %,d  repeated %,d  rejected"
                + " %,d%n",
            table,
            report.read(),
            report.inserted(),
            report.updated(),
            report.unchanged(),
            report.repeated(),
            report.rejected());
  }
}
