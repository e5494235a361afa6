package io.rekindle.dashboard.reconstruction;

import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.past.PastScore;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows of {@code engagement.reconstructed_history}, written by COPY in pieces of some megabytes.
 */
final class CopiedRows {

  private static final String COPY =
      "copy engagement.reconstructed_history (user_id, as_of, score, band, segment, at_risk, "
          + Factor.columns()
          + ", previous_score, previous_band, previous_at_risk, cause, cause_id, policy_version)"
          + " from stdin";

  private static final int PIECE_CHARACTERS = 4 << 20;
  private static final Factor[] FACTORS = Factor.values();

  private final Connection connection;
  private final String policyVersion;
  private final StringBuilder text = new StringBuilder();
  private long rows;

  CopiedRows(Connection connection, String policyVersion) {
    this.connection = connection;
    this.policyVersion = policyVersion;
  }

  /** The number of rows so far. */
  long rows() {
    return rows;
  }

  void add(String userId, PastScore row) {
    rows++;
    escape(userId);
    text.append('\t').append(Instant.ofEpochMilli(row.asOf()));
    number(row.scored(), row.score());
    text.append('\t').append(row.band()).append('\t').append(row.segment());
    text.append('\t').append(row.atRisk());
    for (Factor factor : FACTORS) {
      number(row.scored(), row.points(factor));
    }
    PastScore.Previous previous = row.previous();
    if (previous == null) {
      text.append("\t\\N\t\\N\t\\N");
    } else {
      number(previous.scored(), previous.score());
      text.append('\t').append(previous.band()).append('\t').append(previous.atRisk());
    }
    text.append('\t').append(row.cause()).append('\t');
    if (row.causeId() == null) {
      text.append("\\N");
    } else {
      escape(row.causeId());
    }
    text.append('\t');
    escape(policyVersion);
    text.append('\n');
  }

  /** Sends the rows if there are many. */
  void flushIfLarge() throws SQLException {
    if (text.length() >= PIECE_CHARACTERS) {
      flush();
    }
  }

  /** Sends the rows in the connection's transaction. */
  void flush() throws SQLException {
    if (text.isEmpty()) {
      return;
    }
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    try {
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      copy.writeToCopy(bytes, 0, bytes.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
    text.setLength(0);
  }

  private void number(boolean present, double number) {
    text.append('\t');
    if (!present) {
      text.append("\\N");
    } else if (number == Math.rint(number)) {
      text.append((long) number);
    } else {
      text.append(Score.decimal(number).toPlainString());
    }
  }

  /** Ids are texts of the shop's choice. */
  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(c);
      }
    }
  }
}
