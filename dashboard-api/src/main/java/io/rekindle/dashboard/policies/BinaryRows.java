package io.rekindle.dashboard.policies;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Rows of whole numbers as Postgres' COPY writes them in its binary format: a third of the work of
 * a cursor. The columns have to be bigint and not null.
 */
final class BinaryRows {

  /** Signature, flags and length of the extension, all before the first row. */
  private static final int HEADER_BYTES = 19;

  private static final int LENGTH_BYTES = Integer.BYTES;

  private final CopyOut copy;
  private ByteBuffer row;
  private boolean first = true;

  BinaryRows(Connection connection, String query) throws SQLException {
    copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("copy (" + query + ") to stdout (format binary)");
  }

  /** Goes on to the next row; false after the last. */
  boolean next() throws SQLException {
    byte[] bytes = copy.readFromCopy();
    if (bytes == null) {
      return false;
    }
    row = ByteBuffer.wrap(bytes);
    if (first) {
      first = false;
      row.position(HEADER_BYTES);
      if (!row.hasRemaining()) {
        return next();
      }
    }
    // The trailer has -1 instead of a number of columns.
    return row.getShort() >= 0;
  }

  /** The next column of the row. */
  long number() {
    row.position(row.position() + LENGTH_BYTES);
    return row.getLong();
  }

  /** Goes past all rows that are left; the connection can be used again then. */
  void passOver() throws SQLException {
    while (copy.isActive()) {
      copy.readFromCopy();
    }
  }

  /** Gives up the rows that are left, and with them the transaction. */
  void cancel() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
