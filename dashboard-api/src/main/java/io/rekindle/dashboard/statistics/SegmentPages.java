package io.rekindle.dashboard.statistics;

import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.time.LocalDate;
import java.util.Optional;

/** The page of the segments. */
public final class SegmentPages implements Routes {

  private final StatisticsService statistics;

  public SegmentPages(StatisticsService statistics) {
    this.statistics = statistics;
  }

  @Override
  public void register(Router router) {
    router.page("/segments", VIEWER, this::segments);
  }

  private Page segments(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    int days = StatisticsRoutes.period(query);
    LocalDate from = query.day("from");
    LocalDate to = query.day("to");
    KnownHistory known = statistics.knownHistory();
    LocalDate last = to == null ? known.lastDay() : to;
    LocalDate first = from == null ? firstDay(last.minusDays(days), known) : from;
    if (to == null && from != null && known.has(from) && !from.isBefore(last)) {
      query.reject("from", "has to be before " + last + ", the last day that is over.");
    } else if (from == null && to != null && known.has(to) && !first.isBefore(to)) {
      query.reject("to", "has to be after " + first + ", the first day of which scores are known.");
    }
    StatisticsRoutes.checkDays(query, from, to, known);
    query.check();
    boolean moves = known.has(first) && known.has(last) && first.isBefore(last);
    Optional<Movement> movement =
        moves ? statistics.movementIfCounted(first, last) : Optional.empty();
    return new Page("segments")
        .with("segmentCounts", statistics.segmentCounts())
        .with("known", known)
        .with("days", days)
        .with("from", first)
        .with("to", last)
        .with("moves", moves)
        .with("movement", movement.orElse(null))
        .with("plot", movement.map(SankeyPlot::of).orElse(null));
  }

  /** A period that began before anything was known begins where it was. */
  private static LocalDate firstDay(LocalDate day, KnownHistory known) {
    return known.firstDay() != null && day.isBefore(known.firstDay()) ? known.firstDay() : day;
  }
}
