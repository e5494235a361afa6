package io.rekindle.dashboard.statistics;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * What was known of a client at a past instant: the last row before it. A day is in the
 * reconstructed history or in the observed one, never in both.
 */
public final class PastRows {

  private static final String LAST =
      """
      select h.* from engagement.{history} h
      where h.user_id = {id} and h.as_of < :{end}
      order by h.as_of desc{tie} limit 1
      """;

  private PastRows() {}

  /**
   * A query for the row of a client, or none.
   *
   * @param reconstructed which of both histories has the day
   * @param id the column with the client's id
   * @param end the parameter with the instant
   */
  public static String of(boolean reconstructed, String id, String end) {
    return LAST.replace("{history}", reconstructed ? "reconstructed_history" : "score_history")
        .replace("{tie}", reconstructed ? "" : ", h.revision desc")
        .replace("{id}", id)
        .replace("{end}", end);
  }

  /** The instant at which a UTC day is over. */
  public static OffsetDateTime endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC);
  }
}
