package io.rekindle.local.importing;

import io.rekindle.platform.jdbc.RefusedData;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The rows of a file in a temporary table, from which they go to the shop client by client.
 * Postgres sorts and compares them, so that the memory here does not grow with the file.
 *
 * <p>A file is mostly in the order of time. Written like that, a client would have a part of their
 * orders for as long as the import takes. All orders of a client in a file are therefore written by
 * one transaction. An import that ends early leaves each client with all of them or none.
 *
 * <p>A row that the shop's table refuses costs only itself: its transaction is repeated row by row.
 *
 * @param <R> the row
 */
final class Stage<R> implements AutoCloseable {

  /**
   * Clients whose rows are written by one transaction.
   *
   * @param after the client before the first one
   * @param last the last client
   */
  record Range(String after, String last, long rows) {}

  /**
   * Rows with an id that comes again further down.
   *
   * @param rows their number
   * @param differing the ids whose rows do not all say the same
   */
  record Repeats(long rows, long differing) {}

  /** A row that the table refuses, and why. */
  record Refused(long line, String reason) {}

  /** Receives the refused rows. */
  interface Refusals {
    void accept(Refused refused) throws SQLException;
  }

  private static final int FETCH_ROWS = 10_000;
  private static final int COPY_CHARS = 1 << 16;

  /** Raised by triggers, and by views with a check. */
  private static final List<String> OTHER_REFUSALS = List.of("P0", "44");

  private final Connection connection;
  private final Upsert<R> upsert;
  private final String name;
  private final String table;
  private final String owner;
  private final StringBuilder buffer = new StringBuilder(COPY_CHARS + 4096);
  private CopyIn copy;

  /**
   * Creates the empty table and begins to fill it.
   *
   * @param connection connection that is not in auto-commit mode, and that serves this stage alone
   *     until {@link #loaded}
   * @param name tells this table from others of the connection
   * @param upsert writes the rows
   * @param owner the column of the client
   */
  Stage(Connection connection, String name, Upsert<R> upsert, String owner) throws SQLException {
    this.connection = connection;
    this.upsert = upsert;
    this.name = name;
    this.table = "pg_temp.import_" + name;
    this.owner = upsert.stagedColumn(owner) + " collate \"C\"";
    execute("drop table if exists " + table);
    execute("drop table if exists %s_refused".formatted(table));
    execute(
        "create temporary table import_%s (line bigint, %s)"
            .formatted(name, upsert.stagedColumns(" text")));
    execute("create temporary table import_%s_refused (line bigint, reason text)".formatted(name));
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn("copy %s from stdin with (format text)".formatted(table));
  }

  /** Adds a row. */
  void add(long line, R row) throws SQLException {
    buffer.append(line);
    for (int i = 0; i < upsert.width(); i++) {
      buffer.append('\t');
      escape(upsert.text(i, row));
    }
    buffer.append('\n');
    if (buffer.length() >= COPY_CHARS) {
      flush();
    }
  }

  private void escape(String text) {
    if (text == null) {
      buffer.append("\\N");
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> buffer.append("\\\\");
        case '\t' -> buffer.append("\\t");
        case '\n' -> buffer.append("\\n");
        case '\r' -> buffer.append("\\r");
        default -> buffer.append(c);
      }
    }
  }

  private void flush() throws SQLException {
    byte[] bytes = buffer.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    buffer.setLength(0);
  }

  /** Ends the filling. */
  void loaded() throws SQLException {
    flush();
    copy.endCopy();
    copy = null;
    execute("analyze " + table);
    connection.commit();
  }

  /**
   * Leaves one row of each id: the last one.
   *
   * @param summed columns whose values are summed over all rows of an id, as far as they are
   *     written
   */
  Repeats mergeRepeats(List<String> summed) throws SQLException {
    String repeats = "pg_temp.import_%s_repeats".formatted(name);
    execute("drop table if exists " + repeats);
    execute(
        "create temporary table import_%s_repeats as select c0, max(line) as line, count(*) - 1 as more from %s group by c0 having count(*) > 1"
            .formatted(name, table));
    long rows = number("select coalesce(sum(more), 0) from " + repeats);
    long differing = 0;
    if (rows > 0) {
      execute("create index on %s (c0)".formatted(repeats));
      execute("analyze " + repeats);
      List<String> sums =
          summed.stream().map(upsert::stagedColumn).filter(Objects::nonNull).toList();
      differing =
          sums.isEmpty()
              ? number(
                  "select count(*) from (select from %1$s s join %2$s r using (c0) group by s.c0 having count(distinct (%3$s)::text) > 1) d"
                      .formatted(table, repeats, upsert.stagedColumns("")))
              : 0;
      for (String column : sums) {
        execute(
            "update %1$s s set %3$s = t.total from (select c0, r.line, sum(%3$s::numeric)::text as total from %1$s join %2$s r using (c0) group by 1, 2) t where s.c0 = t.c0 and s.line = t.line"
                .formatted(table, repeats, column));
      }
      execute(
          "delete from %1$s s using %2$s r where s.c0 = r.c0 and s.line < r.line"
              .formatted(table, repeats));
      execute("analyze " + table);
    }
    execute("drop table " + repeats);
    connection.commit();
    return new Repeats(rows, differing);
  }

  /**
   * Divides the clients into transactions.
   *
   * @param rows the rows of a transaction, which the rows of its last client may exceed
   */
  List<Range> ranges(int rows) throws SQLException {
    execute("create index on " + table + " (" + owner + ")");
    execute("analyze " + table);
    List<Range> ranges = new ArrayList<>();
    String sql = "select %s, count(*) from %s group by 1 order by 1".formatted(owner, table);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet client = statement.executeQuery(sql)) {
        String after = "";
        String last = null;
        long count = 0;
        while (client.next()) {
          last = client.getString(1);
          count += client.getLong(2);
          if (count >= rows) {
            ranges.add(new Range(after, last, count));
            after = last;
            count = 0;
          }
        }
        if (count > 0) {
          ranges.add(new Range(after, last, count));
        }
      }
    }
    connection.commit();
    return ranges;
  }

  /** Prepares the writing row by row, for ranges with a row that the table refuses. */
  void prepareWriting(Upsert<R> target) throws SQLException {
    execute(
        """
        create or replace function pg_temp.import_singly_%1$s(after text, last text)
          returns table(inserted bigint, updated bigint) language plpgsql as $import$
        declare
          staged record;
          is_new boolean;
          violated text;
        begin
          inserted := 0;
          updated := 0;
          for staged in
            select given.ctid as place, given.line from %2$s given
            where %3$s > after and %3$s <= last order by given.line
          loop
            begin
              is_new := null;
              %4$s into is_new;
              if is_new then
                inserted := inserted + 1;
              elsif not is_new then
                updated := updated + 1;
              end if;
            exception when others then
              if left(sqlstate, 2) not in ('21', '22', '23', '44', '54', 'P0') then
                raise;
              end if;
              get stacked diagnostics violated = constraint_name;
              insert into %2$s_refused values (staged.line, case violated
                when '' then 'the table refuses it: ' || sqlerrm
                else 'the table refuses it by its constraint ' || violated || ': ' || sqlerrm end);
            end;
          end loop;
          return next;
        end $import$
        """
            .formatted(
                name,
                table,
                owner,
                target.insertFrom("%s given where given.ctid = staged.place".formatted(table))));
    connection.commit();
  }

  /** Writes the rows of some clients, in the current transaction. */
  Upsert.Counts write(Upsert<R> target, Range range) throws SQLException {
    execute("set constraints all immediate");
    Savepoint before = connection.setSavepoint();
    try (PreparedStatement statement =
        connection.prepareStatement(
            target.counting("%s given where %s > ? and %s <= ?".formatted(table, owner, owner)))) {
      Upsert.Counts counts = counts(statement, range, range.rows());
      connection.releaseSavepoint(before);
      return counts;
    } catch (SQLException e) {
      if (!isRefusal(e)) {
        throw e;
      }
      connection.rollback(before);
    }
    long refused = refusedRows();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select * from pg_temp.import_singly_%s(?, ?)".formatted(name))) {
      Upsert.Counts all = counts(statement, range, range.rows());
      long now = refusedRows() - refused;
      return new Upsert.Counts(
          all.inserted(), all.updated(), Math.toIntExact(all.unchanged() - now));
    }
  }

  private static boolean isRefusal(SQLException e) {
    String state = e.getSQLState();
    return RefusedData.is(e)
        || (state != null && OTHER_REFUSALS.stream().anyMatch(state::startsWith));
  }

  private static Upsert.Counts counts(PreparedStatement statement, Range range, long rows)
      throws SQLException {
    statement.setString(1, range.after());
    statement.setString(2, range.last());
    try (ResultSet result = statement.executeQuery()) {
      return Upsert.Counts.of(result, rows);
    }
  }

  /** How the rows that are not refused compare with those of the shop. */
  long[] compare() throws SQLException {
    String source =
        "(select * from %1$s s where not exists (select from %1$s_refused r where r.line = s.line)) given"
            .formatted(table);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(upsert.comparing(source))) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2)};
    }
  }

  /** The number of rows. */
  long rows() throws SQLException {
    return number("select count(*) from " + table);
  }

  /** The number of refused rows. */
  long refusedRows() throws SQLException {
    return number("select count(*) from %s_refused".formatted(table));
  }

  /** Hands out the refused rows by their line. */
  void refused(Refusals refusals) throws SQLException {
    String sql = "select line, reason from %s_refused order by line".formatted(table);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      try (ResultSet row = statement.executeQuery(sql)) {
        while (row.next()) {
          refusals.accept(new Refused(row.getLong(1), row.getString(2)));
        }
      }
    }
  }

  /**
   * The rows whose client the shop does not know, and is not in the other stage, if there is one.
   */
  long withoutUser(Stage<?> users) throws SQLException {
    String others =
        users == null
            ? ""
            : " and not exists (select from %s u where u.c0 = given.%s)"
                .formatted(users.table, upsert.stagedColumn("user_id"));
    return number(
        "select count(*) from %1$s given where not exists (select from shop.users u where u.user_id = given.%2$s) and not exists (select from %1$s_refused r where r.line = given.line)%3$s"
            .formatted(table, upsert.stagedColumn("user_id"), others));
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends a filling that has not come to its end. The table goes with the connection. */
  @Override
  public void close() throws SQLException {
    if (copy != null && copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
