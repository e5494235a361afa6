package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.Movement.Flow;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Counts from which segment to which the clients went: by the last row of each before the end of
 * either day, some thousand clients at a time. Stateless.
 */
final class MovementQuery {

  private static final String SQL =
      """
      select first.segment as from_segment, last.segment as to_segment, count(*) as clients
      from shop.users u
      left join lateral ({first}) first on true
      left join lateral ({last}) last on true
      where u.user_id > :after and u.user_id <= :last
      group by 1, 2
      """;

  /** A row of a batch. */
  private record Row(String fromSegment, String toSegment, long clients) {}

  /** Both ends of a flow; either may be null. */
  private record Ends(String from, String to) {}

  private MovementQuery() {}

  /** Counts between two days that are known. */
  static Movement compute(Handle handle, LocalDate from, LocalDate to, KnownHistory known) {
    String sql =
        SQL.replace("{first}", PastRows.of(known.isReconstructed(from), "u.user_id", "firstEnd"))
            .replace("{last}", PastRows.of(known.isReconstructed(to), "u.user_id", "lastEnd"));
    Map<Ends, Long> counted = new HashMap<>();
    ClientBatches.forEach(
        handle,
        sql,
        batch ->
            batch
                .bind("firstEnd", PastRows.endOf(from))
                .bind("lastEnd", PastRows.endOf(to))
                .mapTo(Row.class)
                .filter(row -> row.fromSegment() != null || row.toSegment() != null)
                .forEach(
                    row ->
                        counted.merge(
                            new Ends(row.fromSegment(), row.toSegment()),
                            row.clients(),
                            Long::sum)));
    List<Flow> transfers =
        counted.entrySet().stream()
            .map(entry -> new Flow(entry.getKey().from(), entry.getKey().to(), entry.getValue()))
            .sorted(
                Comparator.comparingLong(Flow::clients)
                    .reversed()
                    .thenComparing(flow -> flow.from() + ">" + flow.to()))
            .toList();
    return Movement.of(from, to, known, transfers);
  }
}
