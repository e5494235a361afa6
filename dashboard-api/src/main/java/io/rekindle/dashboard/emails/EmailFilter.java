package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.web.QueryParameters;
import java.time.Instant;
import java.util.Set;

/**
 * Which emails to list; every part may be null, and then excludes nothing.
 *
 * @param from written at or after this
 * @param until written before this
 * @param search words of the subject, an id of the email or the client, the client's address, or
 *     how the client's name starts
 */
public record EmailFilter(
    String status, String generatedBy, Instant from, Instant until, String search) {

  private static final Set<String> STATUSES =
      Set.of("READY", "SENT", "LOGGED", "CANCELLED", "FAILED");

  private static final Set<String> WRITERS = Set.of("LLM", "TEMPLATE", "EXTERNAL");

  /** Reads the filter's parameters; the caller checks the query. */
  static EmailFilter read(QueryParameters query) {
    return new EmailFilter(
        query.word("status", STATUSES),
        query.word("generatedBy", WRITERS),
        query.instant("from"),
        query.instant("until"),
        query.text("search", 200));
  }
}
