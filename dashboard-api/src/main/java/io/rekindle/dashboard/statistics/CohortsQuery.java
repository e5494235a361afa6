package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.statistics.Cohorts.Cohort;
import io.rekindle.dashboard.statistics.Cohorts.CohortMonth;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Counts the cohorts of 24 months, some thousand clients at a time. Reconstructed months are summed
 * from the beginning of the past, observed ones counted back from the present. Stateless.
 */
final class CohortsQuery {

  private static final int MONTHS = 24;

  private static final String CONTEXT =
      """
      select clock_timestamp() as as_of,
             date_trunc('month', clock_timestamp() at time zone 'UTC')::date as this_month
      """;

  private static final String ACTIVE_CHANGE =
      """
      sum((h.score is not null and not h.at_risk)::int
        - coalesce(h.previous_score is not null and not h.previous_at_risk, false)::int)
      """;

  private static final String SQL =
      """
      with cohort as (
        select user_id, date_trunc('month', min(placed_at) at time zone 'UTC')::date as month
        from shop.orders
        where user_id > :after and user_id <= :last
          and status = 'PLACED' and amount > refunded_amount
        group by user_id
        having min(placed_at) at time zone 'UTC' >= :since)
      select 'NOW' as kind, c.month as cohort, null::date as month, count(*) as clients,
             count(*) filter (where s.score is not null and not s.at_risk) as active
      from cohort c left join engagement.user_scores s using (user_id)
      group by c.month
      union all
      select 'PAST', c.month, {month}, 0, {change}
      from cohort c join engagement.reconstructed_history h using (user_id)
      group by 2, 3
      union all
      select 'OBSERVED', c.month, {month}, 0, {change}
      from cohort c join engagement.score_history h using (user_id)
      group by 2, 3
      """
          .replace("{month}", "date_trunc('month', h.as_of at time zone 'UTC')::date")
          .replace("{change}", ACTIVE_CHANGE);

  private CohortsQuery() {}

  private record Context(Instant asOf, LocalDate thisMonth) {}

  /** Clients, or a change of the number of active ones in a month. */
  private record Row(String kind, LocalDate cohort, LocalDate month, long clients, long active) {}

  /** The sums of a cohort. */
  private static final class Sums {
    private long clients;
    private long active;
    private final NavigableMap<LocalDate, Long> past = new TreeMap<>();
    private final NavigableMap<LocalDate, Long> observed = new TreeMap<>();

    void add(Row row) {
      switch (row.kind()) {
        case "NOW" -> {
          clients += row.clients();
          active += row.active();
        }
        case "PAST" -> past.merge(row.month(), row.active(), Long::sum);
        default -> observed.merge(row.month(), row.active(), Long::sum);
      }
    }

    long pastAtEndOf(LocalDate month) {
      return past.headMap(month, true).values().stream().mapToLong(Long::longValue).sum();
    }

    long observedAtEndOf(LocalDate month) {
      return active
          - observed.tailMap(month, false).values().stream().mapToLong(Long::longValue).sum();
    }
  }

  static Cohorts compute(Handle handle) {
    Context context = handle.createQuery(CONTEXT).mapTo(Context.class).one();
    KnownHistory known = KnownHistory.read(handle);
    LocalDate since = context.thisMonth().minusMonths(MONTHS - 1L);
    NavigableMap<LocalDate, Sums> cohorts = new TreeMap<>();
    ClientBatches.forEach(
        handle,
        SQL,
        batch ->
            batch
                .bind("since", since.atStartOfDay())
                .mapTo(Row.class)
                .forEach(
                    row -> cohorts.computeIfAbsent(row.cohort(), month -> new Sums()).add(row)));
    List<Cohort> counted = new ArrayList<>();
    cohorts.forEach(
        (month, sums) ->
            counted.add(
                new Cohort(month, sums.clients, months(month, sums, context.thisMonth(), known))));
    return new Cohorts(context.asOf(), between(since, context.thisMonth()), counted);
  }

  private static List<LocalDate> between(LocalDate first, LocalDate last) {
    List<LocalDate> months = new ArrayList<>();
    for (LocalDate month = first; !month.isAfter(last); month = month.plusMonths(1)) {
      months.add(month);
    }
    return List.copyOf(months);
  }

  private static List<CohortMonth> months(
      LocalDate cohort, Sums sums, LocalDate thisMonth, KnownHistory known) {
    List<CohortMonth> months = new ArrayList<>();
    for (LocalDate month : between(cohort, thisMonth)) {
      LocalDate lastDay = month.plusMonths(1).minusDays(1);
      if (known.firstDay() == null || lastDay.isBefore(known.firstDay())) {
        continue;
      }
      boolean reconstructed = known.isReconstructed(lastDay);
      long active = reconstructed ? sums.pastAtEndOf(month) : sums.observedAtEndOf(month);
      months.add(
          new CohortMonth(
              month,
              reconstructed,
              active,
              sums.clients == 0 ? 0 : (double) active / sums.clients));
    }
    return List.copyOf(months);
  }
}
