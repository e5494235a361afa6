package io.rekindle.bench;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes the rows of many tables at once by COPY, with a connection for each table. A row is begun,
 * gets its columns in order, and ends in a table.
 */
final class TableCopies implements AutoCloseable {

  private final List<Connection> connections = new ArrayList<>();
  private final Map<String, CopyIn> copies = new LinkedHashMap<>();
  private final StringBuilder row = new StringBuilder(512);

  /**
   * Begins to copy into a table.
   *
   * @param table the table's name, and in brackets the columns of each row
   */
  void open(DataSource owner, String table) throws SQLException {
    Connection connection = owner.getConnection();
    connections.add(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set synchronous_commit = off");
    }
    copies.put(
        table.substring(0, table.indexOf(' ')),
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + " from stdin"));
  }

  TableCopies begin() {
    row.setLength(0);
    return this;
  }

  /** Appends a column in COPY's text format. No value needs an escape. */
  TableCopies text(Object value) {
    if (!row.isEmpty()) {
      row.append('\t');
    }
    row.append(value == null ? "\\N" : value);
    return this;
  }

  /** Appends an instant, epoch milliseconds; {@link Score#NEVER} is null. */
  TableCopies instant(long millis) {
    return text(millis == Score.NEVER ? null : Instant.ofEpochMilli(millis));
  }

  /** Appends the points of all factors. */
  TableCopies points(Score score) {
    for (Factor factor : Factor.values()) {
      text(score.pointsDecimal(factor));
    }
    return this;
  }

  /** Writes the row to a table. */
  void end(String table) throws SQLException {
    byte[] bytes = row.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    copies.get(table).writeToCopy(bytes, 0, bytes.length);
  }

  /** Commits the rows of all tables. */
  void commit() throws SQLException {
    for (CopyIn copy : copies.values()) {
      copy.endCopy();
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
