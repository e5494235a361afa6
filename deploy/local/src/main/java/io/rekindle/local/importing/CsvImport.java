package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.csv.InputFile;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/**
 * Imports a shop's users and orders from files of text into its tables.
 *
 * <p>Rows are written by their id, in transactions of some thousand. All orders of a client in a
 * file are in one transaction, by {@link Stage}. A stored equal row stays, so a second import of a
 * file changes nothing. The last valid row of an id in a file counts. An order may come before its
 * user. A column that the file lacks keeps its stored value, or gets the table's default. Memory
 * holds one row, whatever the length of the file.
 */
public final class CsvImport {

  /**
   * The numbers of rows by their outcome.
   *
   * @param source the program that has written the file
   * @param read rows in the file: the sum of the next seven
   * @param repeated rows whose id comes again further down
   * @param lines further lines of orders
   * @param leftOut rows that are no rows of the table, such as drafts
   * @param rejected rejected rows, listed in {@code rejects}
   * @param differing ids whose repeated rows do not say the same
   * @param unknownColumns ignored columns
   * @param currencyAssumed the currency of amounts of which the file names none; null if it does
   * @param findings what the rows have shown
   */
  public record Report(
      Source source,
      long read,
      long inserted,
      long updated,
      long unchanged,
      long repeated,
      long lines,
      long leftOut,
      long rejected,
      long differing,
      Path rejects,
      Set<String> unknownColumns,
      String currencyAssumed,
      Findings findings) {

    /** Rows of the table that the file has given. */
    public long imported() {
      return inserted + updated + unchanged;
    }
  }

  /** Rows of one transaction. */
  private static final int BATCH_ROWS = 5_000;

  private static final String USERS = "users";
  private static final String ORDERS = "orders";

  private final Connection connection;
  private final Progress progress;
  private final Instant now;
  private Stage<UserRow> stagedUsers;
  private Stage<OrderRow> stagedOrders;

  /**
   * @param connection connection of a role with write access to the shop's tables; not in
   *     auto-commit mode
   */
  public CsvImport(Connection connection, Progress progress) throws SQLException {
    this.connection = connection;
    this.progress = progress;
    try (Statement statement = connection.createStatement()) {
      // A file says that an order is cancelled. Only its own columns say since when.
      statement.execute("set shop.undated_changes = 'on'");
      // Sorting ten million rows; the session ends with the import.
      statement.execute("set work_mem = '64MB'");
      statement.execute("set maintenance_work_mem = '128MB'");
      try (ResultSet row = statement.executeQuery("select now()")) {
        row.next();
        now = row.getObject(1, OffsetDateTime.class).toInstant();
      }
    }
    connection.commit();
  }

  /** Returns the span from the file's newest order to now; zero if the file has no valid row. */
  public Duration shiftToNow(InputFile orders, ImportOptions options) throws IOException {
    try (CsvFile csv = CsvFile.open(orders)) {
      Findings findings = new Findings();
      OrderReader reader =
          new OrderReader(Preset.ofOrders(options.source(), csv), csv, options.currency());
      RowFields fields = fields(csv, options, TimeShift.ANY, reader, findings);
      long rows = 0;
      for (CsvFile.Row row = csv.next(); row != null; row = csv.next()) {
        progress.count("reading " + orders.path().getFileName(), ++rows, 0);
        try {
          RowReader.Parsed<OrderRow> parsed = reader.read(fields.of(row));
          if (parsed.kind() == RowReader.Kind.ROW) {
            findings.accepted(parsed.row(), parsed.row().placedAt());
          }
        } catch (InvalidValueException e) {
          // The import reports the row. Here it is only passed over.
        }
      }
      return findings.latest() == null
          ? Duration.ZERO
          : Duration.between(findings.latest(), now.truncatedTo(ChronoUnit.MILLIS));
    }
  }

  /** Whether a file of clients tells since when each is one. Otherwise orders go first. */
  public boolean namesCreation(InputFile users, ImportOptions options) throws IOException {
    try (CsvFile csv = CsvFile.open(users)) {
      return new UserReader(Preset.ofUsers(options.source(), csv), csv).namesCreation();
    }
  }

  /** Imports {@code shop.users}. */
  public Report users(InputFile file, ImportOptions options) throws IOException, SQLException {
    try (CsvFile csv = CsvFile.open(file)) {
      Preset preset = Preset.ofUsers(options.source(), csv);
      UserReader reader = new UserReader(preset, csv);
      Upsert<UserRow> upsert = Upsert.users(reader.written());
      stagedUsers = new Stage<>(connection, USERS, upsert, "user_id");
      try (Stage<UserRow> stage = stagedUsers) {
        return new Run<>(file, USERS, options, preset.source(), reader, upsert, stage, null)
            .run(csv);
      }
    }
  }

  /** Imports {@code shop.orders}. */
  public Report orders(InputFile file, ImportOptions options) throws IOException, SQLException {
    try (CsvFile csv = CsvFile.open(file)) {
      Preset preset = Preset.ofOrders(options.source(), csv);
      OrderReader reader = new OrderReader(preset, csv, options.currency());
      Upsert<OrderRow> upsert = Upsert.orders(reader.written());
      String assumed =
          reader.namesCurrency() || options.currency() != null || preset.source() == Source.REKINDLE
              ? null
              : OrderReader.DEFAULT_CURRENCY;
      stagedOrders = new Stage<>(connection, ORDERS, upsert, "user_id");
      try (Stage<OrderRow> stage = stagedOrders) {
        return new Run<>(file, ORDERS, options, preset.source(), reader, upsert, stage, assumed)
            .run(csv);
      }
    }
  }

  /**
   * The orders of the last import whose client the shop does not know.
   *
   * @param dryRun whether clients that were only previewed count as known
   */
  public long ordersWithoutUser(boolean dryRun) throws SQLException {
    return stagedOrders == null ? 0 : stagedOrders.withoutUser(dryRun ? stagedUsers : null);
  }

  static RowFields fields(
      CsvFile csv, ImportOptions options, TimeShift shift, RowReader<?> reader, Findings findings) {
    return new RowFields(
        csv.header(),
        new FileTimes(options.zone(), options.dates(), shift, findings),
        new FileAmounts(reader.exactAmounts(), csv.separator() == ',', findings),
        findings);
  }

  /** One import of one file. */
  private final class Run<R> {

    private final InputFile file;
    private final String table;
    private final ImportOptions options;
    private final Source source;
    private final RowReader<R> reader;
    private final Upsert<R> upsert;
    private final Stage<R> stage;
    private final String currencyAssumed;
    private final Findings findings = new Findings();

    private long read;
    private long lines;
    private long leftOut;
    private long rejected;

    // The last order whose rows were read.
    private String head;
    private RowReader.Kind headKind;
    private R headRow;
    private String headReason;
    private long headLine;

    Run(
        InputFile file,
        String table,
        ImportOptions options,
        Source source,
        RowReader<R> reader,
        Upsert<R> upsert,
        Stage<R> stage,
        String currencyAssumed) {
      this.file = file;
      this.table = table;
      this.options = options;
      this.source = source;
      this.reader = reader;
      this.upsert = upsert;
      this.stage = stage;
      this.currencyAssumed = currencyAssumed;
    }

    Report run(CsvFile csv) throws IOException, SQLException {
      try (RejectedRows rejects = new RejectedRows(file, table, csv.header(), !options.dryRun())) {
        load(csv, rejects);
        Stage.Repeats repeats =
            stage.mergeRepeats(reader.sums() ? List.of("amount", "refunded_amount") : List.of());
        Upsert.Counts counts = options.dryRun() ? preview() : write();
        rejectRefused(rejects);
        boolean areLines = reader.sums();
        return new Report(
            source,
            read,
            counts.inserted(),
            counts.updated(),
            counts.unchanged(),
            areLines ? 0 : repeats.rows(),
            areLines ? lines + repeats.rows() : lines,
            leftOut,
            rejected,
            repeats.differing(),
            rejects.path(),
            reader.unknownColumns(),
            currencyAssumed,
            findings);
      }
    }

    private void load(CsvFile csv, RejectedRows rejects) throws IOException, SQLException {
      RowFields fields =
          fields(csv, options, TimeShift.shifted(options.shift(), now), reader, findings);
      for (CsvFile.Row row = csv.next(); row != null; row = csv.next()) {
        progress.count("reading " + file.path().getFileName(), ++read, 0);
        try {
          accept(row.line(), reader.read(fields.of(row)));
        } catch (InvalidValueException e) {
          reject(row, e.getMessage(), e.kind(), rejects);
          remember(reader.idOf(fields), null, null, null, row.line());
        }
      }
      stage.loaded();
    }

    private void accept(long line, RowReader.Parsed<R> parsed)
        throws SQLException, InvalidValueException {
      boolean same = parsed.id() != null && parsed.id().equals(head);
      switch (parsed.kind()) {
        case ROW -> {
          if (same && reader.severalRowsEach() && !reader.sums() && parsed.row().equals(headRow)) {
            lines++;
            return;
          }
          stage.add(line, parsed.row());
          findings.accepted(parsed.row(), reader.time(parsed.row()));
          if (parsed.row() instanceof OrderRow order) {
            findings.currency(order.currency(), line);
          }
          remember(parsed.id(), parsed.kind(), parsed.row(), null, line);
        }
        case LEFT_OUT -> {
          leftOut++;
          findings.leftOut(parsed.reason(), line);
          remember(parsed.id(), parsed.kind(), null, parsed.reason(), line);
        }
        case CONTINUATION -> {
          if (!same) {
            throw new InvalidValueException(
                "the first row of order %s is not above it: keep the rows of an order together"
                    .formatted(parsed.id()),
                "a line of an order whose first row is not above it");
          }
          if (headKind == null) {
            throw new InvalidValueException(
                "a line of the order that is rejected in line " + headLine,
                "a line of an order that is rejected");
          }
          if (headKind == RowReader.Kind.LEFT_OUT) {
            leftOut++;
            findings.leftOut(headReason, line);
          } else {
            lines++;
          }
        }
      }
    }

    private void remember(String id, RowReader.Kind kind, R row, String reason, long line) {
      // A rejected line of an order leaves the order as it is.
      if (kind == null && id != null && id.equals(head)) {
        return;
      }
      head = id;
      headKind = kind;
      headRow = row;
      headReason = reason;
      headLine = line;
    }

    private void reject(CsvFile.Row row, String reason, String kind, RejectedRows rejects)
        throws IOException {
      rejected++;
      findings.rejected(kind, row.line(), 1);
      rejects.add(row, reason);
    }

    private Upsert.Counts write() throws SQLException {
      stage.prepareWriting(upsert);
      long rows = stage.rows();
      long written = 0;
      Upsert.Counts sum = new Upsert.Counts(0, 0, 0);
      for (Stage.Range clients : stage.ranges(BATCH_ROWS)) {
        sum = sum.plus(stage.write(upsert, clients));
        connection.commit();
        written += clients.rows();
        progress.count("writing " + file.path().getFileName(), written, rows);
      }
      return sum;
    }

    /** Writes to a table like that of the shop, to see what would be refused. */
    private Upsert.Counts preview() throws SQLException {
      Upsert<R> trial = upsert.into("pg_temp.import_trial");
      try (Statement statement = connection.createStatement()) {
        statement.execute("drop table if exists pg_temp.import_trial");
        statement.execute(
            "create temporary table import_trial (like %s including all)"
                .formatted(upsert.table()));
      }
      stage.prepareWriting(trial);
      for (Stage.Range clients : stage.ranges(BATCH_ROWS)) {
        stage.write(trial, clients);
        connection.commit();
      }
      long[] compared = stage.compare();
      long rows = stage.rows() - stage.refusedRows();
      try (Statement statement = connection.createStatement()) {
        statement.execute("drop table pg_temp.import_trial");
      }
      connection.commit();
      return new Upsert.Counts(
          Math.toIntExact(compared[0]),
          Math.toIntExact(compared[1]),
          Math.toIntExact(rows - compared[0] - compared[1]));
    }

    /** Reads the file once more, up to the last row that the table has refused. */
    private void rejectRefused(RejectedRows rejects) throws IOException, SQLException {
      if (stage.refusedRows() == 0) {
        return;
      }
      try (CsvFile again = CsvFile.open(file)) {
        stage.refused(
            refused -> {
              CsvFile.Row row = again.next();
              while (row != null && row.line() < refused.line()) {
                row = again.next();
              }
              if (row != null) {
                try {
                  reject(row, refused.reason(), refused.reason(), rejects);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
      }
      connection.commit();
    }
  }
}
