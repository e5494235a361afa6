package io.rekindle.local.importing;

import io.rekindle.local.Progress;
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
 * the last counts and the others are rejected. Columns that the file does not have keep what is
 * stored, or get the table's default. Each file is read twice: once to find the last row of each id
 * and the newest time, once to write; memory holds the ids of one file and one batch of rows.
 */
public final class CsvImport {

  /**
   * What became of a file's rows.
   *
   * @param read rows in the file
   * @param rejected rows that were not taken, listed in {@code rejects}
   * @param unknownColumns columns that mean nothing here and were left out
   */
  public record Report(
      long read,
      long inserted,
      long updated,
      long unchanged,
      long rejected,
      Path rejects,
      Set<String> unknownColumns) {}

  /** What reading a file tells before any of it is written. */
  private record Survey(Map<String, Long> lastLines, Instant newest, long rows) {}

  private record Candidate<R>(CsvFile.Row source, R row) {}

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
   * By how much all times have to be moved for the file's newest order to be now; zero if it has no
   * good row.
   */
  public Duration shiftToNow(Path orders) throws IOException {
    Survey survey = survey(orders, new RowFormat.Orders());
    return survey.newest() == null
        ? Duration.ZERO
        : Duration.between(survey.newest(), now.truncatedTo(ChronoUnit.MILLIS));
  }

  /** Imports {@code shop.users}, all times moved by {@code shift}. */
  public Report users(Path file, Duration shift) throws IOException, SQLException {
    return write(file, new RowFormat.Users(), shift);
  }

  /** Imports {@code shop.orders}, all times moved by {@code shift}. */
  public Report orders(Path file, Duration shift) throws IOException, SQLException {
    return write(file, new RowFormat.Orders(), shift);
  }

  private <R> Survey survey(Path file, RowFormat<R> format) throws IOException {
    Map<String, Long> lastLines = new HashMap<>();
    Instant newest = null;
    long rows = 0;
    try (CsvFile csv = CsvFile.open(file)) {
      csv.require(format.required());
      Fields fields = new Fields(csv.header(), now);
      for (CsvFile.Row source = csv.next(); source != null; source = csv.next()) {
        rows++;
        progress.count("reading " + file.getFileName(), rows, 0);
        try {
          R row = format.parse(fields.of(source), Duration.ZERO);
          lastLines.put(format.id(row), source.line());
          Instant time = format.time(row);
          newest = newest == null || time.isAfter(newest) ? time : newest;
        } catch (BadValue e) {
          // Reported when the file is read to be written; here it only must not count.
        }
      }
    }
    return new Survey(lastLines, newest, rows);
  }

  private <R> Report write(Path file, RowFormat<R> format, Duration shift)
      throws IOException, SQLException {
    Survey survey = survey(file, format);
    long read = 0;
    Totals totals = new Totals();
    try (CsvFile csv = CsvFile.open(file);
        Rejects rejects = new Rejects(file, csv.header())) {
      Set<String> columns = new LinkedHashSet<>(csv.header());
      columns.retainAll(format.known());
      Set<String> unknown = new LinkedHashSet<>(csv.header());
      unknown.removeAll(columns);
      Upsert<R> upsert = format.upsert(columns);
      Fields fields = new Fields(csv.header(), now);
      List<Candidate<R>> batch = new ArrayList<>(BATCH_ROWS);
      for (CsvFile.Row source = csv.next(); source != null; source = csv.next()) {
        read++;
        progress.count("importing " + file.getFileName(), read, survey.rows());
        try {
          R row = format.parse(fields.of(source), shift);
          long lastLine = survey.lastLines().get(format.id(row));
          if (lastLine == source.line()) {
            batch.add(new Candidate<>(source, row));
          } else {
            rejects.add(
                source,
                "%s comes again on line %d, which counts: give each row an id of its own"
                    .formatted(format.id(row), lastLine));
          }
        } catch (BadValue e) {
          rejects.add(source, e.getMessage());
        }
        if (batch.size() == BATCH_ROWS) {
          totals.add(write(batch, format, upsert, rejects));
          batch.clear();
        }
      }
      totals.add(write(batch, format, upsert, rejects));
      return new Report(
          read,
          totals.inserted,
          totals.updated,
          totals.unchanged,
          rejects.count(),
          rejects.path(),
          unknown);
    }
  }

  private <R> Upsert.Outcome write(
      List<Candidate<R>> batch, RowFormat<R> format, Upsert<R> upsert, Rejects rejects)
      throws IOException, SQLException {
    Set<String> strangers = strangers(batch, format);
    List<R> rows = new ArrayList<>(batch.size());
    for (Candidate<R> candidate : batch) {
      String owner = format.owner(candidate.row());
      if (strangers.contains(owner)) {
        rejects.add(
            candidate.source(),
            "user_id is '%s': no such user; import the user first".formatted(owner));
      } else {
        rows.add(candidate.row());
      }
    }
    Upsert.Outcome outcome = upsert.write(connection, rows);
    connection.commit();
    return outcome;
  }

  /** Those whom rows belong to but whom the shop does not know. */
  private <R> Set<String> strangers(List<Candidate<R>> batch, RowFormat<R> format)
      throws SQLException {
    Set<String> owners = new HashSet<>();
    for (Candidate<R> candidate : batch) {
      String owner = format.owner(candidate.row());
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

    void add(Upsert.Outcome outcome) {
      inserted += outcome.inserted();
      updated += outcome.updated();
      unchanged += outcome.unchanged();
    }
  }
}
