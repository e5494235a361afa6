package io.rekindle.local.importing;

import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Imports a shop's users and orders from CSV files into its tables.
 *
 * <p>Rows are written by their id, in transactions of some thousand. All orders of a client in a
 * file are in one transaction, by {@link ClientStage}. A stored equal row stays, so a second import
 * of a file changes nothing. The last valid row of an id in a file counts. An order may come before
 * its user. A column that the file lacks keeps its stored value, or gets the table's default. Each
 * file is read twice: to find the last row of each id and the newest time, and to write. Memory
 * holds the ids of one file and one batch of rows.
 */
public final class CsvImport {

  /**
   * The numbers of rows by their outcome.
   *
   * @param read rows in the file: the sum of the next five
   * @param repeated rows whose id comes again further down
   * @param rejected rejected rows, listed in {@code rejects}
   * @param withoutUser written orders whose user has no row
   * @param unknownColumns ignored columns
   */
  public record Report(
      long read,
      long inserted,
      long updated,
      long unchanged,
      long repeated,
      long rejected,
      long withoutUser,
      Path rejects,
      Set<String> unknownColumns) {}

  /** The findings of the first reading of a file. */
  private record FirstPass(Map<String, Long> lastLines, Instant newest, long rows) {}

  private static final int BATCH_ROWS = 5_000;

  private final Connection connection;
  private final Progress progress;
  private final Instant now;

  /**
   * @param connection connection of a role with write access to the shop's tables; not in
   *     auto-commit mode
   */
  public CsvImport(Connection connection, Progress progress) throws SQLException {
    this.connection = connection;
    this.progress = progress;
    try (var statement = connection.createStatement()) {
      // A file says that an order is cancelled. Only its own columns say since when.
      statement.execute("set shop.undated_changes = 'on'");
      try (ResultSet row = statement.executeQuery("select now()")) {
        row.next();
        now = row.getObject(1, OffsetDateTime.class).toInstant();
      }
    }
    connection.commit();
  }

  /** Returns the span from the file's newest order to now; zero if the file has no valid row. */
  public Duration shiftToNow(Path orders) throws IOException {
    FirstPass firstPass = firstPass(orders, RowFormat.ORDERS, TimeShift.ANY);
    return firstPass.newest() == null
        ? Duration.ZERO
        : Duration.between(firstPass.newest(), now.truncatedTo(ChronoUnit.MILLIS));
  }

  /** Imports {@code shop.users}, all times moved by {@code shift}. */
  public Report users(Path file, Duration shift) throws IOException, SQLException {
    return write(file, RowFormat.USERS, TimeShift.shifted(shift, now));
  }

  /** Imports {@code shop.orders}, all times moved by {@code shift}. */
  public Report orders(Path file, Duration shift) throws IOException, SQLException {
    return write(file, RowFormat.ORDERS, TimeShift.shifted(shift, now));
  }

  private <R> FirstPass firstPass(Path file, RowFormat<R> format, TimeShift times)
      throws IOException {
    Map<String, Long> lastLines = new HashMap<>();
    Instant newest = null;
    long rows = 0;
    try (CsvFile csv = CsvFile.open(file)) {
      csv.require(format.required());
      RowFields fields = new RowFields(csv.header(), times);
      for (CsvFile.Row source = csv.next(); source != null; source = csv.next()) {
        rows++;
        progress.count("reading " + file.getFileName(), rows, 0);
        try {
          R row = format.parse(fields.of(source));
          lastLines.put(format.id().apply(row), source.line());
          Instant time = format.time().apply(row);
          newest = newest == null || time.isAfter(newest) ? time : newest;
        } catch (InvalidValueException e) {
          // The second reading reports the row. The first one only skips it.
        }
      }
    }
    return new FirstPass(lastLines, newest, rows);
  }

  private <R> Report write(Path file, RowFormat<R> format, TimeShift times)
      throws IOException, SQLException {
    FirstPass firstPass = firstPass(file, format, times);
    long read = 0;
    long repeated = 0;
    Totals totals = new Totals();
    try (CsvFile csv = CsvFile.open(file);
        RejectedRows rejects = new RejectedRows(file, csv.header())) {
      Set<String> columns = new LinkedHashSet<>(csv.header());
      columns.retainAll(format.known());
      Set<String> unknown = new LinkedHashSet<>(csv.header());
      unknown.removeAll(columns);
      Upsert<R> upsert = format.upsert().apply(columns);
      ClientStage<R> stage = format.ofClients() ? new ClientStage<>(connection, upsert) : null;
      RowFields fields = new RowFields(csv.header(), times);
      List<R> batch = new ArrayList<>(BATCH_ROWS);
      for (CsvFile.Row source = csv.next(); source != null; source = csv.next()) {
        read++;
        progress.count("importing " + file.getFileName(), read, firstPass.rows());
        try {
          R row = format.parse(fields.of(source));
          if (firstPass.lastLines().get(format.id().apply(row)) == source.line()) {
            batch.add(row);
          } else {
            repeated++;
          }
        } catch (InvalidValueException e) {
          rejects.add(source, e.getMessage());
        }
        if (batch.size() == BATCH_ROWS) {
          write(batch, upsert, stage, totals);
          batch.clear();
        }
      }
      write(batch, upsert, stage, totals);
      if (stage != null) {
        writeStaged(file, stage, totals, read - repeated - rejects.count());
      }
      return new Report(
          read,
          totals.inserted,
          totals.updated,
          totals.unchanged,
          repeated,
          rejects.count(),
          totals.withoutUser,
          rejects.path(),
          unknown);
    }
  }

  private <R> void write(List<R> batch, Upsert<R> upsert, ClientStage<R> stage, Totals totals)
      throws SQLException {
    if (stage != null) {
      stage.add(batch);
      return;
    }
    totals.add(upsert.write(connection, batch));
    connection.commit();
  }

  private <R> void writeStaged(Path file, ClientStage<R> stage, Totals totals, long rows)
      throws SQLException {
    for (ClientStage.Range clients : stage.ranges(BATCH_ROWS)) {
      totals.withoutUser += stage.withoutUser(clients);
      totals.add(stage.write(clients));
      connection.commit();
      progress.count("writing " + file.getFileName(), totals.rows(), rows);
    }
  }

  private static final class Totals {
    private long inserted;
    private long updated;
    private long unchanged;
    private long withoutUser;

    void add(Upsert.Counts outcome) {
      inserted += outcome.inserted();
      updated += outcome.updated();
      unchanged += outcome.unchanged();
    }

    long rows() {
      return inserted + updated + unchanged;
    }
  }
}
