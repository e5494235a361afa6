package io.rekindle.dashboard.statistics;

import io.rekindle.dashboard.policies.PolicyInForce;
import io.rekindle.dashboard.statistics.OrderMonths.OrderMonth;
import io.rekindle.dashboard.statistics.OrderMonths.Orders;
import io.rekindle.dashboard.statistics.OrderMonths.Repeat;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Counts the orders of months in one pass, some thousand clients at a time. Stateless. */
final class OrderMonthsQuery {

  private static final int MONTHS = 24;

  private static final String CONTEXT = "select clock_timestamp()";

  /** The same rate as in the view engagement.decision_outcomes. */
  private static final String SQL =
      """
      with effective as materialized (
        select o.user_id, o.placed_at, date_trunc('month', o.placed_at, 'UTC') as month,
               round((o.amount - o.refunded_amount) * case
                 when money.base is null or o.currency = money.base then 1
                 when money.rates ->> o.currency::text ~ '^(0|[1-9]\\d{0,5})(\\.\\d{1,9})?$'
                   then (money.rates ->> o.currency::text)::numeric end, 2) as net,
               min(o.placed_at) over (partition by o.user_id) as first_at
        from shop.orders o
        left join (
          select document -> 'currency' ->> 'base' as base, document -> 'currency' -> 'rates' as rates
          from engagement.policy_in_force) money on true
        where o.user_id > :after and o.user_id <= :last and o.placed_at <= :asOf
          and o.status = 'PLACED' and o.amount > o.refunded_amount
          and o.user_id in (
            select user_id from shop.users where user_id > :after and user_id <= :last)),
      again as (
        select user_id, first_at,
               min(placed_at) filter (where date_trunc('day', placed_at, 'UTC')
                                      > date_trunc('day', first_at, 'UTC')) as again_at
        from effective
        group by user_id, first_at
        having first_at >= :since)
      select month, is_new, count(*) as clients, sum(orders)::bigint as orders,
             coalesce(sum(revenue), 0) as revenue, sum(unconverted)::bigint as unconverted, {zeros}
      from (
        select user_id, month, month = date_trunc('month', first_at, 'UTC') as is_new,
               count(*) as orders, sum(net) as revenue,
               count(*) filter (where net is null) as unconverted
        from effective
        where placed_at >= :since
        group by user_id, month, first_at) of_client
      group by 1, 2
      union all
      select date_trunc('month', first_at, 'UTC'), null, 0, 0, 0, 0, {repeats}
      from again
      group by 1
      """
          .replace(
              "{zeros}",
              Period.CHOICES.stream()
                  .map(days -> "0 as ripe%1$d, 0 as repeated%1$d".formatted(days))
                  .collect(Collectors.joining(", ")))
          .replace(
              "{repeats}",
              Period.CHOICES.stream()
                  .map(
                      days ->
                          """
                          count(*) filter (where first_at <= :asOf - {days}),
                          count(*) filter (where first_at <= :asOf - {days}
                                           and again_at <= first_at + {days})"""
                              .replace("{days}", "interval '%d hours'".formatted(days * 24)))
                  .collect(Collectors.joining(", ")));

  /** The sums of a month. */
  private static final class Sums {
    private final long[] clients = new long[2];
    private final long[] orders = new long[2];
    private final BigDecimal[] revenue = {BigDecimal.ZERO, BigDecimal.ZERO};
    private final long[] ripe = new long[Period.CHOICES.size()];
    private final long[] repeated = new long[ripe.length];
    private long unconverted;

    void add(ResultSet row) throws SQLException {
      Boolean isNew = row.getObject("is_new", Boolean.class);
      if (isNew != null) {
        int kind = isNew ? 0 : 1;
        clients[kind] += row.getLong("clients");
        orders[kind] += row.getLong("orders");
        revenue[kind] = revenue[kind].add(row.getBigDecimal("revenue"));
        unconverted += row.getLong("unconverted");
      }
      for (int i = 0; i < ripe.length; i++) {
        ripe[i] += row.getLong("ripe" + Period.CHOICES.get(i));
        repeated[i] += row.getLong("repeated" + Period.CHOICES.get(i));
      }
    }

    Orders of(int kind) {
      return new Orders(
          clients[kind], orders[kind], revenue[kind].setScale(2, RoundingMode.HALF_EVEN));
    }

    OrderMonth month(LocalDate month, Instant asOf) {
      Instant end = month.plusMonths(1).atStartOfDay().toInstant(ZoneOffset.UTC);
      List<Repeat> repeats = new ArrayList<>();
      for (int i = 0; i < ripe.length; i++) {
        int days = Period.CHOICES.get(i);
        repeats.add(
            new Repeat(
                days,
                ripe[i],
                repeated[i],
                ripe[i] == 0 ? null : (double) repeated[i] / ripe[i],
                !end.plus(Duration.ofDays(days)).isAfter(asOf)));
      }
      return new OrderMonth(month, !end.isAfter(asOf), of(0), of(1), List.copyOf(repeats));
    }
  }

  private OrderMonthsQuery() {}

  static OrderMonths compute(Handle handle) {
    OffsetDateTime asOf = handle.createQuery(CONTEXT).mapTo(OffsetDateTime.class).one();
    LocalDate thisMonth =
        asOf.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate().withDayOfMonth(1);
    LocalDate since = thisMonth.minusMonths(MONTHS - 1L);
    NavigableMap<LocalDate, Sums> months = new TreeMap<>();
    ClientBatches.forEach(
        handle,
        SQL,
        batch ->
            batch
                .bind("asOf", asOf)
                .bind("since", since.atStartOfDay().atOffset(ZoneOffset.UTC))
                .map(
                    (row, context) -> {
                      LocalDate month =
                          row.getObject("month", OffsetDateTime.class)
                              .withOffsetSameInstant(ZoneOffset.UTC)
                              .toLocalDate();
                      months.computeIfAbsent(month, first -> new Sums()).add(row);
                      return month;
                    })
                .forEach(counted -> {}));
    List<OrderMonth> counted = new ArrayList<>();
    if (!months.isEmpty()) {
      for (LocalDate month = months.firstKey();
          !month.isAfter(thisMonth);
          month = month.plusMonths(1)) {
        counted.add(months.getOrDefault(month, new Sums()).month(month, asOf.toInstant()));
      }
    }
    return new OrderMonths(
        asOf.toInstant(),
        PolicyInForce.read(handle).currency(),
        months.values().stream().mapToLong(sums -> sums.unconverted).sum(),
        List.copyOf(counted));
  }
}
