package io.rekindle.local.importing;

import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a shop's users and orders from CSV files into its tables.
 *
 * <p>Rows are written by their id, in transactions of some thousand; a row that is stored already
 * is left alone, so importing a file again changes nothing. Of several rows with one id in a file
 * the last good one counts, as if they were written one after the other. An order may come before
 * its user. Columns that the file does not have keep what is stored, or get the table's default.
 * Each file is read twice: once to find the last row of each id and the newest time, once to write;
 * memory holds the ids of one file and one batch of rows.
 */
public final class CsvImport {

  /**
   * What became of a file's rows.
   *
   * @param read rows in the file: the sum of the next five
   * @param repeated rows whose id comes again further down, where it counts
   * @param rejected rows that were not taken, listed in {@code rejects}
   * @param withoutUser orders that were taken though the shop does not know their user
   * @param unknownColumns columns that mean nothing here and were left out
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

  /** What reading a file tells before any of it is written. */
  private record FirstPass(Map<String, Long> lastLines, Instant newest, long rows) {}

  private static final int BATCH_ROWS = 5_000;

  private final Connection connection;
  private final Progress progress;
  private final Instant now;

  /**
   * @param connection of a role that may write the shop's tables; must not be in auto-commit mode
   */
  public CsvImport(Connection connection, Progress progress) throws SQLException {
    this.connection = connection;
    this.progress = progress;
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select now()")) {
      row.next();
      now = row.getObject(1, OffsetDateTime.class).toInstant();
    }
    connection.commit();
  }

  /**
   * By how much all times have to be moved for the file's newest order to be now, wherever on the
   * time line it is; zero if the file has no good row.
   */
  public Duration shiftToNow(Path orders) throws IOException {
    FirstPass firstPass = firstPass(orders, new RowFormat.Orders(), TimeShift.ANY);
    return firstPass.newest() == null
        ? Duration.ZERO
        : Duration.between(firstPass.newest(), now.truncatedTo(ChronoUnit.MILLIS));
  }

  /** Imports {@code shop.users}, all times moved by {@code shift}. */
  public Report users(Path file, Duration shift) throws IOException, SQLException {
    return write(file, new RowFormat.Users(), TimeShift.shifted(shift, now));
  }

  /** Imports {@code shop.orders}, all times moved by {@code shift}. */
  public Report orders(Path file, Duration shift) throws IOException, SQLException {
    return write(file, new RowFormat.Orders(), TimeShift.shifted(shift, now));
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
          lastLines.put(format.id(row), source.line());
          Instant time = format.time(row);
          newest = newest == null || time.isAfter(newest) ? time : newest;
        } catch (InvalidValueException e) {
          // Reported when the file is read to be written; here it only must not count.
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
      Upsert<R> upsert = format.upsert(columns);
      RowFields fields = new RowFields(csv.header(), times);
      List<R> batch = new ArrayList<>(BATCH_ROWS);
      for (CsvFile.Row source = csv.next(); source != null; source = csv.next()) {
        read++;
        progress.count("importing " + file.getFileName(), read, firstPass.rows());
        try {
          R row = format.parse(fields.of(source));
          if (firstPass.lastLines().get(format.id(row)) == source.line()) {
            batch.add(row);
          } else {
            repeated++;
          }
        } catch (InvalidValueException e) {
          rejects.add(source, e.getMessage());
        }
        if (batch.size() == BATCH_ROWS) {
          write(batch, format, upsert, totals);
          batch.clear();
        }
      }
      write(batch, format, upsert, totals);
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

  private <R> void write(List<R> batch, RowFormat<R> format, Upsert<R> upsert, Totals totals)
      throws SQLException {
    Set<String> unknownUsers = unknownUsers(batch, format);
    totals.withoutUser +=
        batch.stream().filter(row -> unknownUsers.contains(format.owner(row))).count();
    totals.add(upsert.write(connection, batch));
    connection.commit();
  }

  /** Those whom rows belong to but whom the shop does not know. */
  private <R> Set<String> unknownUsers(List<R> batch, RowFormat<R> format) throws SQLException {
    Set<String> owners = new HashSet<>();
    for (R row : batch) {
      String owner = format.owner(row);
      if (owner != null) {
        owners.add(owner);
      }
    }
    if (owners.isEmpty()) {
      return owners;
    }
    String known = "select user_id from shop.users where user_id = any (?)";
    try (PreparedStatement statement = connection.prepareStatement(known)) {
      statement.setArray(1, connection.createArrayOf("text", owners.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          owners.remove(row.getString(1));
        }
      }
    }
    return owners;
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
  }
}
