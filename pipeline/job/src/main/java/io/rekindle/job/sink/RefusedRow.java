package io.rekindle.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.platform.text.Digest;
import io.rekindle.platform.text.Version;
import java.nio.ByteBuffer;
import java.sql.SQLException;

/**
 * The dead letter of a result that the database refuses. Its topic is the table. No record of a
 * topic is behind it, so a number made from the row's id stands for the offset: a second refusal
 * after a restart gives the same dead letter.
 */
public final class RefusedRow {

  /** JavaScript and JSON readers keep numbers of so many bits exactly. */
  private static final long OFFSET_MASK = (1L << 53) - 1;

  private RefusedRow() {}

  /**
   * Returns the dead letter.
   *
   * @param table schema and name
   * @param id what tells the row from the table's other rows
   * @param at the instant of the result, epoch milliseconds
   * @param json the result
   * @param subject the row in words, for the sentence
   * @param fix what a person can do about it, a sentence
   */
  public static DeadLetter of(
      String table,
      String userId,
      String id,
      long at,
      byte[] json,
      SQLException refusal,
      String subject,
      String fix) {
    return new DeadLetter(
        table,
        0,
        fingerprint(table + '\n' + id),
        at,
        userId.getBytes(UTF_8),
        json,
        DeadLetterReason.REFUSED_BY_DATABASE,
        "%s refuses %s: %s (SQLSTATE %s). %s"
            .formatted(table, subject, firstLine(refusal), refusal.getSQLState(), fix),
        Version.CURRENT);
  }

  /** The lines after it quote the row, with times that differ from attempt to attempt. */
  private static String firstLine(SQLException refusal) {
    return refusal.getMessage().lines().findFirst().orElse("");
  }

  private static long fingerprint(String id) {
    return ByteBuffer.wrap(Digest.of(id)).getLong() & OFFSET_MASK;
  }
}
