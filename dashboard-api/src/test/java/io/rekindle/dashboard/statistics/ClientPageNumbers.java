package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers of the pages about clients. */
interface ClientPageNumbers {

  Numbers numbers();

  /** The columns of the lists that have numbers, in the order of the page. */
  String COLUMNS = "score,probability,stake,lastOrder,silence,orders,average,spend,atRiskSince";

  String WINNABLE = "at_risk and segment not in ('PROSPECT', 'LOST', 'HIBERNATING')";

  /** What the shop's orders say of each client, beside what the job has stored. */
  String CLIENTS =
      """
      select u.user_id, s.score, s.order_probability::float8 as probability,
             s.value_at_stake as stake, s.average_order_value as average,
             case when s.order_count is not null then coalesce(o.orders, 0) end as orders,
             floor(extract(epoch from now() - o.last) / 86400) as silent_days,
             case when o.days > 1 then s.usual_gap_ms / 86400000 end as gap_days,
             case when o.days > 1
               then extract(epoch from now() - o.last) * 1000 / s.usual_gap_ms end as gaps,
             round(s.average_order_value * o.orders, 2) as spend,
             s.at_risk and s.at_risk_since >= {week} as new
      from shop.users u
      left join engagement.user_scores s using (user_id)
      left join (
        select user_id, count(*) as orders, max(placed_at) as last,
               count(distinct (placed_at at time zone 'UTC')::date) as days
        from shop.orders where status = 'PLACED' and amount > refunded_amount
        group by user_id) o using (user_id)
      """
          .replace("{week}", Numbers.day(6));

  /** A score rounds each converted amount half to even. */
  String HALF_EVEN =
      """
      (select case when abs(cents - trunc(cents)) = 0.5 then round(cents / 2) * 2 else round(cents) end / 100
       from (values ((amount - refunded_amount) * 100
         * case currency when 'EUR' then 1 when 'USD' then 0.9 end)) as exact (cents))\
      """;

  /**
   * Makes a function that scores a client by docs/scoring.md, as cadence-v1 does, from the
   * effective orders alone.
   */
  String SCORE =
      """
      create function public.expected_score(client text, instant timestamptz,
        out score numeric, out gap_ms bigint, out order_days bigint, out days_ever bigint,
        out spend numeric, out silence_ms numeric, out last_order timestamptz)
      language sql as $$
        with o as (
          select date_trunc('milliseconds', placed_at) as at,
                 (placed_at at time zone 'UTC')::date as day, coalesce({net}, 0) as net
          from shop.orders
          where user_id = client and status = 'PLACED' and amount > refunded_amount),
        recent as (select distinct day from o order by day desc limit 12),
        gap as (
          select least(180 * 86400000::numeric, greatest(7 * 86400000::numeric,
            trunc((max(day) - min(day) + 120) * 86400000::numeric / (count(*) + 1)))) as ms
          from recent),
        facts as (
          select max(at) as last, count(distinct day) as ever,
                 count(distinct day) filter (where at > instant - interval '8760 hours') as days,
                 coalesce(sum(net) filter (where at > instant - interval '8760 hours'), 0) as spend
          from o),
        silent as (
          select *, greatest(0, extract(epoch from instant - last) * 1000) as silence
          from facts, gap)
        select
          (array[30, 28, 24, 20, 15, 9, 4, 0])[1 + width_bucket(
              silence / 86400000, array[14, 30, 45, 60, 90, 120, 180]::numeric[])]
          + (array[30, 26, 22, 16, 10, 4, 0])[1 + width_bucket(
              silence / ms, array[1, 1.5, 2, 3, 4, 6]::numeric[])]
          + (array[0, 4, 10, 16, 22, 27, 30])[1 + width_bucket(days, array[1, 2, 3, 5, 7, 10]::bigint[])]
          + (array[0, 2, 4, 6, 8, 10])[1 + width_bucket(
              spend / 50, array[0.5, 1, 2, 4, 8]::numeric[])],
          ms::bigint, days, ever, spend, silence, last
        from silent
      $$
      """
          .replace("{net}", HALF_EVEN);

  @ParameterizedTest
  @EnumSource
  default void shouldListClientsWithTheirNumbers(Viewer viewer) throws Exception {
    String users = "select count(*) from shop.users where ";
    String scores = "select count(*) from engagement.user_scores where ";
    Map<String, String> totals =
        Map.of(
            "/clients?sort=score&order=desc",
            users + "true",
            "/clients?search=p1",
            users + "user_id like 'p1%'",
            "/clients?sort=lastOrderDate&consent=true&language=de",
            users + "marketing_consent and locale like 'de%'",
            "/clients?segment=LOYAL",
            scores + "segment = 'LOYAL'",
            "/clients?userIds=u1,u2,u3,u300",
            users + "user_id in ('u1', 'u2', 'u3', 'u300')",
            "/at-risk?sort=valueAtStake&order=desc",
            scores + WINNABLE,
            "/at-risk?all=true",
            scores + "at_risk",
            "/at-risk?newlyAtRiskDays=7",
            scores + WINNABLE + " and at_risk_since >= " + Numbers.day(6),
            "/at-risk?stakeMin=20&stakeMax=40",
            scores + WINNABLE + " and value_at_stake between 20 and 40");
    for (Map.Entry<String, String> total : totals.entrySet()) {
      assertList(total.getKey(), numbers().sql(total.getValue()), viewer);
    }
  }

  private Map<String, Map<String, Object>> clients() throws Exception {
    Map<String, Map<String, Object>> clients = new HashMap<>();
    for (Map<String, Object> client : numbers().table(CLIENTS)) {
      clients.put((String) client.get("user_id"), client);
    }
    return clients;
  }

  private void assertList(String path, Double total, Viewer viewer) throws Exception {
    Map<String, Map<String, Object>> clients = clients();
    ShownPage page =
        numbers()
            .page(
                path
                    + (path.contains("?") ? "&" : "?")
                    + "columns="
                    + COLUMNS.replace(",", "&columns="),
                viewer);
    Map<String, Map<String, Object>> later = clients();
    List<Element> rows = page.all("#list tbody tr");
    assertThat(rows).as(path).hasSize((int) Math.min(50, total));
    for (Element row : rows) {
      String id = row.selectFirst("a.name").attr("href").replace("/clients/", "");
      Map<String, Object> client = clients.get(id);
      List<Element> cells = row.select("td:not(.pick)");
      page.shows(cells.get(0), viewer.n(client.get("score"), 1));
      page.shows(cells.get(1), viewer.percent((Number) client.get("probability")));
      page.shows(cells.get(2), viewer.euros(client.get("stake")));
      page.shows(cells.get(3), viewer.n(client.get("gap_days")));
      // The silence grows while the page is made.
      String gaps = viewer.n(client.get("gaps"), 1);
      boolean same = cells.get(4).select(".under").text().startsWith(gaps);
      page.shows(
          cells.get(4),
          viewer.n(client.get("silent_days")),
          same ? gaps : viewer.n(later.get(id).get("gaps"), 1));
      page.shows(cells.get(5), viewer.n(client.get("orders")));
      page.shows(cells.get(6), viewer.euros(client.get("average")));
      page.shows(cells.get(7), viewer.euros(client.get("spend")));
      assertThat(cells.get(8).select(".badge"))
          .as(path + ": whether " + id + " is new")
          .hasSize(Boolean.TRUE.equals(client.get("new")) ? 1 : 0);
    }
    page.shows("#list .table-foot", viewer.n(rows.size()), viewer.n(total));
    if (path.contains("userIds")) {
      page.shows(".filters a.badge", 4);
    }
    page.given("#filter-more > summary .badge", "the number of filters that are set");
    page.showsNothingElse();
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfAClient(Viewer viewer) throws Exception {
    List<Map<String, Object>> some =
        numbers()
            .table(
                "(select user_id from shop.users where user_id like 'u_' order by user_id)"
                    + " union (select user_id from engagement.user_scores where at_risk"
                    + " order by user_id limit 8) union select 'p1' union select 'p14'");
    for (Map<String, Object> client : some) {
      assertClient((String) client.get("user_id"), viewer);
    }
  }

  private void assertClient(String id, Viewer viewer) throws Exception {
    ShownPage page = numbers().page("/clients/" + id, viewer);
    Map<String, Object> stored =
        numbers()
            .table(
                "select *, order_probability::float8 as probability from shop.users"
                    + " left join engagement.user_scores using (user_id) where user_id = '"
                    + id
                    + "'")
            .get(0);
    Map<String, Object> now = score(id, "now()");
    boolean scored = stored.get("score") != null;
    boolean ordered = now.get("last_order") != null;
    boolean regular = ordered && ((Number) now.get("days_ever")).intValue() > 1;
    double silence = ordered ? ((Number) now.get("silence_ms")).doubleValue() : 0;
    double gap = ordered ? ((Number) now.get("gap_ms")).doubleValue() : 1;
    long silentDays = (long) (silence / 86_400_000);
    long gapDays = (long) (gap / 86_400_000);
    if (scored && ordered) {
      List<Object> story = new ArrayList<>();
      if (!regular) {
        story.add(silentDays == 0 ? "" : silentDays);
      } else if (silence / gap > 1.2) {
        story.addAll(List.of(now.get("days_ever"), gapDays, viewer.n(silence / gap, 1)));
      } else {
        story.addAll(List.of(gapDays, now.get("days_ever")));
        story.add(silentDays < 2 ? "" : silentDays);
      }
      if (stored.get("at_risk").equals(true)) {
        BigDecimal atOrder = (BigDecimal) score(id, "'" + now.get("last_order") + "'").get("score");
        BigDecimal fell = atOrder.subtract((BigDecimal) now.get("score"));
        boolean below = ((BigDecimal) stored.get("score")).doubleValue() < 50;
        story.add(
            below || fell.signum() <= 0 ? 50 : viewer.n(fell, 1) + " " + viewer.n(atOrder, 1));
      }
      page.shows("#client-story", story.toArray());
      page.shows("#client-score .big-score", viewer.n(stored.get("score"), 1));
      page.shows(
          "#client-probability",
          90,
          viewer.percent((Number) stored.get("probability")),
          100,
          viewer.n(((BigDecimal) stored.get("order_probability")).movePointRight(2)));
      page.shows("#client-stake", viewer.euros(stored.get("value_at_stake")), 90);
      List<Element> parts = page.all("#client-score .wf-row");
      String[] factors = {"recency", "rhythm", "frequency", "value"};
      assertThat(parts).hasSize(5);
      for (int i = 0; i < factors.length; i++) {
        Number points = (Number) stored.get(factors[i] + "_points");
        page.shows(parts.get(i).selectFirst(".pts"), viewer.signed(points, 1));
      }
      page.shows(parts.get(4), viewer.n(stored.get("score"), 1));
      page.shows(parts.get(0).selectFirst(".why"), silentDays == 0 ? "" : silentDays);
      if (regular) {
        page.shows(parts.get(1).selectFirst(".why"), viewer.n(silence / gap, 1), gapDays);
      }
      page.shows(
          parts.get(2).selectFirst(".why"),
          now.get("order_days").equals(0L) ? "" : now.get("order_days"));
      page.shows(parts.get(3).selectFirst(".why"), viewer.euros(now.get("spend")));
    }
    Object score = now.get("score");
    for (Element step : page.all("#client-next ol li")) {
      Object next = score(id, "'" + step.selectFirst("time").attr("datetime") + "'").get("score");
      page.shows(
          step,
          viewer.n(next, 1),
          viewer.signed(((BigDecimal) next).subtract((BigDecimal) score), 1));
      score = next;
    }
    List<Element> facts = page.all("#client-facts dd");
    page.shows(
        facts.get(1),
        stored.get("usual_gap_ms") == null || !regular
            ? ""
            : ((Number) stored.get("usual_gap_ms")).longValue() / 86_400_000);
    boolean late = regular && silence > gap;
    page.shows(facts.get(2), late ? overdue(silence - gap) + " " + viewer.n(silence / gap, 1) : "");
    page.shows(
        facts.get(3),
        viewer.n(
            stored.get("order_count") == null
                ? null
                : numbers()
                    .sql(
                        "select count(*) from shop.orders where status = 'PLACED'"
                            + " and amount > refunded_amount and user_id = '"
                            + id
                            + "'")),
        viewer.euros(stored.get("average_order_value")));
    assertOrders(page, id, viewer);
    assertTimeline(page, id, viewer);
    page.showsNothingElse();
  }

  /** In days, or else in hours, or else in minutes. */
  private static long overdue(double millis) {
    double hours = millis / 3_600_000;
    return (long) (hours >= 24 ? hours / 24 : hours >= 1 ? hours : hours * 60);
  }

  private Map<String, Object> score(String id, String instant) throws Exception {
    return numbers()
        .table("select * from public.expected_score('%s', %s)".formatted(id, instant))
        .get(0);
  }

  private void assertOrders(ShownPage page, String id, Viewer viewer) throws Exception {
    List<Map<String, Object>> orders =
        numbers()
            .table(
                "select * from shop.orders where user_id = '"
                    + id
                    + "' order by placed_at desc, order_id desc");
    List<Element> rows = page.all("#client-orders tbody tr");
    assertThat(rows).hasSameSizeAs(orders);
    for (int i = 0; i < rows.size(); i++) {
      String currency = (String) orders.get(i).get("currency");
      List<Element> cells = rows.get(i).select("td");
      BigDecimal refunded = (BigDecimal) orders.get(i).get("refunded_amount");
      assertThat(rows.get(i).selectFirst("th").text()).isEqualTo(orders.get(i).get("order_id"));
      page.shows(cells.get(1), viewer.money(orders.get(i).get("amount"), currency));
      page.shows(cells.get(2), refunded.signum() == 0 ? "" : viewer.money(refunded, currency));
    }
  }

  private void assertTimeline(ShownPage page, String id, Viewer viewer) throws Exception {
    String of = " where user_id = '" + id + "'";
    List<Map<String, Object>> events =
        numbers()
            .table(
                """
                select at, kind, amount, currency, score, previous_score from (
                  select placed_at as at, 'ORDER' as kind, amount, currency, null::numeric as score,
                         null::numeric as previous_score from shop.orders {of}
                  union all select greatest(updated_at, placed_at), 'REFUND', refunded_amount,
                    currency, null, null from shop.orders {of} and refunded_amount > 0
                  union all select greatest(updated_at, placed_at), 'CANCELLED', amount, currency,
                    null, null from shop.orders {of} and status = 'CANCELLED'
                  union all select as_of, 'SCORE', null, null, score, previous_score
                    from engagement.score_history {of}
                  union all select noticed_at, 'RISK', null, null, null, null
                    from engagement.risk_episodes {of}
                  union all select decided_at, 'DECISION', null, null, null, null
                    from engagement.outreach_decisions {of}
                  union all select generated_at, 'WRITTEN', null, null, null, null
                    from engagement.emails {of}
                  union all select sent_at, 'SENT', null, null, null, null
                    from engagement.emails {of} and sent_at is not null
                  union all select created_at, 'SUPPRESSION', null, null, null, null
                    from engagement.suppressions {of}
                  union all select created_at, 'CREATED', null, null, null, null from shop.users {of}
                ) events order by at desc
                """
                    .replace("{of}", of));
    List<Element> items = page.all("#client-timeline ol li");
    assertThat(items).hasSize(Math.min(SHOWN_EVENTS, events.size()));
    List<String> expected = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Map<String, Object> event = events.get(i);
      String text =
          event.get("amount") != null
              ? viewer.money(event.get("amount"), (String) event.get("currency"))
              : event.get("score") != null
                  ? (event.get("previous_score") == null
                          ? ""
                          : viewer.n(event.get("previous_score"), 1) + " ")
                      + viewer.n(event.get("score"), 1)
                  : "";
      expected.addAll(ShownPage.numbers(text));
      shown.addAll(ShownPage.numbers(items.get(i).text()));
    }
    // Several may have the same instant.
    assertThat(shown).as("timeline of " + id).containsExactlyInAnyOrderElementsOf(expected);
    items.forEach(item -> page.shows(item, ShownPage.numbers(item.text()).toArray()));
    if (events.size() > SHOWN_EVENTS) {
      page.shows("#client-timeline .sub", SHOWN_EVENTS);
    }
  }

  /** As many events as the page of a client shows. */
  int SHOWN_EVENTS = 100;
}
