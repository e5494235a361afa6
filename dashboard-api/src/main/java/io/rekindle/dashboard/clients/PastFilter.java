package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.clients.ClientFilter.Sort;
import io.rekindle.dashboard.statistics.KnownHistory;
import io.rekindle.dashboard.statistics.Movement;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.scoring.policy.Segment;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which clients at the end of a past UTC day, sorted by when the shop created them. Segment, band,
 * risk and score are those of the client's last row before the end of the day. The observed history
 * has no row for a change of the segment alone, so an observed segment is that of the last change
 * of the score. All else is as it stands today.
 *
 * @param on the day
 * @param filter what it has of the list of today
 * @param policyVersion the policy of the score; null if it does not matter
 * @param movedFrom the segment at the end of movedFromDay, or NONE if the shop did not have the
 *     client then; null if it does not matter
 * @param movedFromDay an earlier day; null without movedFrom
 */
record PastFilter(
    LocalDate on,
    ClientFilter filter,
    String policyVersion,
    String movedFrom,
    LocalDate movedFromDay) {

  /** The parameter with the day. */
  static final String ON = "on";

  /** Parameters of a list of today that mean the same of a past day. */
  private static final Set<String> KNOWN =
      Set.of(
          "atRisk",
          "band",
          "country",
          "firstOrderFrom",
          "firstOrderTo",
          "language",
          "order",
          "orderedFrom",
          "orderedTo",
          "repeatedWithinDays",
          "scoreMax",
          "scoreMin",
          "search",
          "segment",
          "sort",
          "userIds",
          "winnable");

  /** Parameters that lists of today do not have. */
  private static final Set<String> OF_PAST =
      Set.of(ON, "policyVersion", "movedFrom", "movedFromDay");

  /** Whether a request is about a past day. */
  static boolean isAsked(QueryParameters query) {
    return query.text(ON, 20) != null;
  }

  /** Reads the filter's parameters; mistakes are the query's to tell. */
  static PastFilter read(QueryParameters query) {
    LocalDate on = query.day(ON);
    ClientFilter filter = ClientFilter.read(query);
    for (String name : ClientFilter.stored(query).keySet()) {
      if (!KNOWN.contains(name) && !OF_PAST.contains(name) && query.isRead(name)) {
        query.reject(name, "is not known of a past day. Leave it out, or leave out \"on\".");
      }
    }
    if (filter.sort() != Sort.CREATED_AT) {
      query.reject("sort", "has to be createdAt for a past day.");
    }
    Set<String> segments =
        Arrays.stream(Segment.values())
            .map(Enum::name)
            .collect(Collectors.toCollection(HashSet::new));
    segments.add(Movement.NONE);
    String movedFrom = query.word("movedFrom", segments);
    LocalDate movedFromDay = query.day("movedFromDay");
    if ((movedFrom == null) != (query.text("movedFromDay", 20) == null)) {
      query.reject(
          movedFrom == null ? "movedFrom" : "movedFromDay",
          "is required: movedFrom and movedFromDay go together.");
    }
    if (on != null && movedFromDay != null && !movedFromDay.isBefore(on)) {
      query.reject("movedFromDay", "has to be before on.");
    }
    return new PastFilter(on, filter, query.text("policyVersion", 128), movedFrom, movedFromDay);
  }

  /** Whether the scores of all days that it names are known. */
  boolean isOf(KnownHistory known) {
    return known.has(on) && (movedFromDay == null || known.has(movedFromDay));
  }

  /** Tells the query of days of which no score is known; a day that cannot be read is null. */
  void rejectUnknownDays(QueryParameters query, KnownHistory known) {
    if (on != null && !known.has(on)) {
      query.reject(ON, known.mistake(on));
    }
    if (movedFromDay != null && !known.has(movedFromDay)) {
      query.reject("movedFromDay", known.mistake(movedFromDay));
    }
  }

  /** Whether nothing but segment, band and risk matters. */
  boolean asksForFacetsAlone() {
    return filter.asksForFacetsAlone()
        && filter.traits().winnable() == null
        && policyVersion == null
        && movedFrom == null;
  }
}
