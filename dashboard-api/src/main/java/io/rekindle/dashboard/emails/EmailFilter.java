package io.rekindle.dashboard.emails;

import io.rekindle.dashboard.web.QueryParameters;
import java.time.Instant;
import java.util.Set;

/**
 * Which emails to list; every part may be null, and then excludes nothing.
 *
 * @param generatedBy LLM, TEMPLATE, EXTERNAL, or OWN for what is not EXTERNAL
 * @param sentFrom sent at or after this
 * @param from written at or after this
 * @param until written before this
 * @param search words of the subject, an id of the email or the client, the client's address, or
 *     how the client's name starts
 */
public record EmailFilter(
    String status,
    String generatedBy,
    Instant sentFrom,
    Instant from,
    Instant until,
    String search) {

  static final String OWN = "OWN";

  private static final Set<String> STATUSES =
      Set.of("READY", "SENT", "LOGGED", "CANCELLED", "FAILED");

  private static final Set<String> WRITERS = Set.of("LLM", "TEMPLATE", "EXTERNAL", OWN);

  /** Reads the filter's parameters; the caller checks the query. */
  static EmailFilter read(QueryParameters query) {
    return new EmailFilter(
        query.word("status", STATUSES),
        query.word("generatedBy", WRITERS),
        query.instant("sentFrom"),
        query.instant("from"),
        query.instant("until"),
        query.text("search", 200));
  }
}
