package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.background.DutyCycle;
import io.rekindle.dashboard.statistics.RiskTransitions.Day;
import io.rekindle.dashboard.statistics.RiskTransitions.PartOfDay;
import io.rekindle.dashboard.statistics.RiskTransitions.Past;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Counts the changes of the last {@value #DAYS} days. A change by orders from before, which were
 * added later, is none: the client had been so all the time. A day that the job has passed is
 * counted once and remembered; the changes of a person who is erased later stay in it. Days before
 * the first observed one are in {@code engagement.reconstructed_days}. With such a past, each count
 * goes further back than the one before, until it meets the past, so that the first one stays
 * short. The list then has up to {@value #MAX_DAYS} days, as it has once so many are stored in
 * {@code engagement.observed_days}. For one thread.
 */
final class RiskTransitionsQuery {

  static final int DAYS = 90;
  private static final Duration DAY = Duration.ofDays(1);
  static final int MAX_DAYS = 731;

  /** How many more days a count goes back than the one before. */
  private static final int STEP_DAYS = 60;

  private static final String CONTEXT =
      "select clock_timestamp() as as_of,"
          + " (select scored_until from engagement.scored_until) as scored_until";

  private static final String OBSERVED =
      """
      select (as_of at time zone 'UTC')::date as day, false as reconstructed,
             count(*) filter (where at_risk and not previous_at_risk
                              and cause <> 'BACKFILL') as entered,
             count(*) filter (where not at_risk and previous_at_risk
                              and cause <> 'BACKFILL') as left,
             count(*) filter (where not at_risk and previous_at_risk
                              and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')) as left_by_order,
             count(*) filter (where at_risk and (previous_at_risk is null
                              or not previous_at_risk and cause = 'BACKFILL'))
               - count(*) filter (where not at_risk and previous_at_risk and cause = 'BACKFILL')
               as first_at_risk,
             count(score) - count(previous_score) as scored,
             coalesce(sum(score::float8), 0) - coalesce(sum(previous_score::float8), 0) as score_sum
      from engagement.score_history
      where as_of >= :from and as_of < :until
      group by 1
      """;

  private static final String RECONSTRUCTED =
      """
      select day, true as reconstructed, entered, "left", left_by_order, first_at_risk, scored,
             score_sum
      from engagement.reconstructed_days
      where day >= :from and day < :until
      """;

  /** The counts at the end of the day before the first observed one. */
  private static final String PAST =
      """
      select (r.until_at at time zone 'UTC')::date as last_day,
             (r.from_at at time zone 'UTC')::date as first_day,
             r.at_risk - coalesce(later.first_at_risk + later.entered - later."left", 0) as at_risk,
             r.scored - coalesce(later.scored, 0) as scored,
             r.score_sum - coalesce(later.score_sum, 0) as score_sum
      from engagement.reconstruction r
      left join lateral (
        select sum(first_at_risk) as first_at_risk, sum(entered) as entered, sum("left") as "left",
               sum(scored) as scored, sum(score_sum) as score_sum
        from engagement.reconstructed_days d
        where d.day >= (r.until_at at time zone 'UTC')::date) later on true
      where r.finished_at is not null
      """;

  // The reconstructed past has no index by time, so that of a day in it counts as a share of the
  // day.
  private static final String PART_OF_DAY =
      """
      select count(*) filter (where at_risk) as entered,
             count(*) filter (where not at_risk) as left,
             count(*) filter (where not at_risk
                              and cause in ('ORDER_PLACED', 'ORDER_MOVED_IN')) as left_by_order
      from engagement.score_history
      where as_of >= :from and as_of < :until
        and at_risk is distinct from previous_at_risk and previous_at_risk is not null
        and cause <> 'BACKFILL'
      """;

  private final NavigableMap<LocalDate, Day> counted = new TreeMap<>();

  /** The days counted hold every change committed before this; null if that is not known. */
  private Instant completeUntil;

  /** The first counted day; null before the first count. */
  private LocalDate countedFrom;

  /** What the counted days before the observed ones belong to; null without a past. */
  private Past past;

  /** A row of both queries. */
  private record DayRow(
      LocalDate day,
      boolean reconstructed,
      long entered,
      long left,
      long leftByOrder,
      long firstAtRisk,
      long scored,
      double scoreSum) {

    Day asDay() {
      return new Day(
          day, reconstructed, entered, left, leftByOrder, firstAtRisk, scored, scoreSum, null);
    }
  }

  /** When a count begins, and up to which commit it counts; scoredUntil may be null. */
  private record Context(Instant asOf, Instant scoredUntil) {}

  RiskTransitions compute(Handle handle, DutyCycle dutyCycle) {
    Context context = handle.createQuery(CONTEXT).mapTo(Context.class).one();
    return handle.inTransaction(counting -> compute(counting, context, dutyCycle));
  }

  private RiskTransitions compute(Handle handle, Context context, DutyCycle dutyCycle) {
    LocalDate today = context.asOf().atOffset(ZoneOffset.UTC).toLocalDate();
    Past stored = handle.createQuery(PAST).mapTo(Past.class).findOne().orElse(null);
    if (!Objects.equals(past, stored)) {
      past = stored;
      completeUntil = null;
      counted.clear();
    }
    LocalDate oldest = oldestObserved(today);
    LocalDate since = oldest;
    if (completeUntil != null
        && completeUntil.atOffset(ZoneOffset.UTC).toLocalDate().isAfter(oldest)) {
      since = completeUntil.atOffset(ZoneOffset.UTC).toLocalDate();
      counted.putAll(observed(handle, oldest, earlier(countedFrom, since), dutyCycle));
    }
    countedFrom = oldest;
    NavigableMap<LocalDate, Day> newer = observed(handle, since, today.plusDays(1), dutyCycle);
    counted.tailMap(since, true).clear();
    counted.putAll(newer);
    counted.headMap(oldest, false).clear();
    completeUntil = context.scoredUntil();

    NavigableMap<LocalDate, Day> all = new TreeMap<>(counted);
    LocalDate first = oldest;
    if (past != null && oldest.equals(past.lastDay())) {
      first = later(past.firstDay(), today.minusDays(MAX_DAYS - 1));
      for (Day day : reconstructed(handle, first, past.lastDay())) {
        all.put(day.day(), day);
      }
    }
    KnownHistory known = KnownHistory.read(handle);
    first = later(first, known.firstDay() == null ? today : earlier(known.firstDay(), today));
    Map<LocalDate, ObservedDay> ended = new HashMap<>();
    for (ObservedDay day : ObservedDay.since(handle, today.minusDays(MAX_DAYS - 1))) {
      ended.put(day.day(), day);
      first = earlier(first, day.day());
    }
    List<Day> days = new ArrayList<>(MAX_DAYS);
    for (LocalDate date = first; !date.isAfter(today); date = date.plusDays(1)) {
      Day day = all.getOrDefault(date, Day.empty(date, date.isBefore(oldest)));
      days.add(ended.containsKey(date) ? day.stored(ended.get(date)) : day);
    }
    return new RiskTransitions(
        context.asOf(),
        List.copyOf(days),
        wholeSince(known, first),
        past,
        partsOfDays(handle, context.asOf(), all, dutyCycle));
  }

  /** The first observed day to count: with a past, further back than the last time. */
  private LocalDate oldestObserved(LocalDate today) {
    LocalDate usual = today.minusDays(DAYS - 1);
    if (past == null) {
      return usual;
    }
    LocalDate further = completeUntil == null ? usual : countedFrom.minusDays(STEP_DAYS);
    LocalDate limit = later(past.lastDay(), today.minusDays(MAX_DAYS - 1));
    return later(limit, earlier(usual, further));
  }

  private static LocalDate earlier(LocalDate one, LocalDate other) {
    return one.isBefore(other) ? one : other;
  }

  private static LocalDate later(LocalDate one, LocalDate other) {
    return one.isAfter(other) ? one : other;
  }

  static NavigableMap<LocalDate, Day> observed(
      Handle handle, LocalDate since, LocalDate until, DutyCycle dutyCycle) {
    NavigableMap<LocalDate, Day> days = new TreeMap<>();
    for (LocalDate next = since; next.isBefore(until); next = next.plusDays(1)) {
      OffsetDateTime begin = next.atStartOfDay().atOffset(ZoneOffset.UTC);
      between(handle, OBSERVED, begin, begin.plusDays(1), DayRow.class)
          .forEach(row -> days.put(row.day(), row.asDay()));
      dutyCycle.rest();
    }
    return days;
  }

  private static List<Day> reconstructed(Handle handle, LocalDate from, LocalDate until) {
    return handle
        .createQuery(RECONSTRUCTED)
        .bind("from", from)
        .bind("until", until)
        .mapTo(DayRow.class)
        .map(DayRow::asDay)
        .list();
  }

  /** History begins within its first day, so that day is not whole. */
  private static LocalDate wholeSince(KnownHistory known, LocalDate first) {
    return known.firstDay() == null ? null : later(known.firstDay().plusDays(1), first);
  }

  private static Map<Integer, PartOfDay> partsOfDays(
      Handle handle, Instant asOf, Map<LocalDate, Day> days, DutyCycle dutyCycle) {
    Map<Integer, PartOfDay> parts = new HashMap<>();
    for (int back : Period.CHOICES) {
      OffsetDateTime until = asOf.atOffset(ZoneOffset.UTC).minusDays(back);
      OffsetDateTime begin = until.toLocalDate().atStartOfDay().atOffset(ZoneOffset.UTC);
      Day day = days.get(until.toLocalDate());
      if (day != null && day.reconstructed()) {
        double share = Duration.between(begin, until).toMillis() / (double) DAY.toMillis();
        parts.put(back, part(day, share));
      } else {
        parts.put(back, between(handle, PART_OF_DAY, begin, until, PartOfDay.class).get(0));
        dutyCycle.rest();
      }
    }
    return Map.copyOf(parts);
  }

  private static PartOfDay part(Day day, double share) {
    return new PartOfDay(
        Math.round(day.entered() * share),
        Math.round(day.left() * share),
        Math.round(day.leftByOrder() * share));
  }

  private static <T> List<T> between(
      Handle handle, String sql, OffsetDateTime from, OffsetDateTime until, Class<T> type) {
    return handle.createQuery(sql).bind("from", from).bind("until", until).mapTo(type).list();
  }
}
