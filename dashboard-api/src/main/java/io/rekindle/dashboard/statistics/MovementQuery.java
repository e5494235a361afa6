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

  private static final int BATCH_CLIENTS = 5_000;

  private static final String SQL =
      """
      with batch as (
        select user_id from shop.users where user_id > :after order by user_id limit :batch)
      select (select max(user_id) from batch) as last_user_id,
             first.segment as from_segment, last.segment as to_segment, count(*) as clients
      from batch
      left join lateral ({first}) first on true
      left join lateral ({last}) last on true
      group by 2, 3
      """;

  /** A row of a batch. */
  private record Row(String lastUserId, String fromSegment, String toSegment, long clients) {}

  /** Both ends of a flow; either may be null. */
  private record Ends(String from, String to) {}

  private MovementQuery() {}

  /** Counts between two days that are known. */
  static Movement compute(Handle handle, LocalDate from, LocalDate to, KnownHistory known) {
    String sql =
        SQL.replace(
                "{first}", PastRows.of(known.isReconstructed(from), "batch.user_id", "firstEnd"))
            .replace("{last}", PastRows.of(known.isReconstructed(to), "batch.user_id", "lastEnd"));
    Map<Ends, Long> counted = new HashMap<>();
    String after = "";
    while (after != null) {
      List<Row> rows =
          handle
              .createQuery(sql)
              .bind("after", after)
              .bind("batch", BATCH_CLIENTS)
              .bind("firstEnd", PastRows.endOf(from))
              .bind("lastEnd", PastRows.endOf(to))
              .mapTo(Row.class)
              .list();
      for (Row row : rows) {
        if (row.fromSegment() != null || row.toSegment() != null) {
          counted.merge(new Ends(row.fromSegment(), row.toSegment()), row.clients(), Long::sum);
        }
      }
      after = rows.isEmpty() ? null : rows.get(0).lastUserId();
    }
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
