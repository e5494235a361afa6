package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.ui.Messages;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The numbers of the overview, of a past day and of the cohorts. Those that the API of the overview
 * gives are compared by {@link NumbersITCase}, so the page is compared with them.
 */
interface OverviewPageNumbers {

  Numbers numbers();

  /** The last score of each client before an instant. */
  String LAST_OF_DAY =
      """
      (select distinct on (user_id) * from engagement.score_history
       where as_of < %s order by user_id, as_of desc, revision desc) last_scores
      """;

  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  default void shouldShowTheNumbersOfTheOverview(int days) throws Exception {
    for (Viewer viewer : Viewer.values()) {
      ShownPage page = numbers().page("/?days=" + days, viewer);
      page.shows(".page-head .lede", days);
      for (Element choice : page.all("nav.segments a")) {
        page.shows(choice, choice.attr("href").replace("/?days=", ""));
      }
      JsonNode overview = numbers().get("/api/overview?days=" + days);
      for (JsonNode kpi : overview.get("kpis")) {
        boolean costs = kpi.get("id").textValue().equals("WON_BACK");
        assertKpi(page, kpi, costs ? overview.at("/wonBack/costs") : null, days, viewer);
      }
      assertTasks(page, viewer);
      assertFunnel(page, numbers().get("/api/funnel?days=" + days), days, viewer);
      page.shows("[aria-labelledby=distribution-title] .sub", 50, 35);
      page.shows(
          "#segments .sub", viewer.n(numbers().sql("select count(*) from engagement.user_scores")));
      List<Map<String, Object>> segments =
          numbers()
              .table(
                  """
                  select segment, count(*) as clients, avg(score)::float8 as score,
                         count(*)::float8 / sum(count(*)) over () as share
                  from engagement.user_scores group by segment
                  """);
      List<Element> tiles = page.all("#segments .tile");
      assertThat(tiles).hasSameSizeAs(segments);
      for (Map<String, Object> segment : segments) {
        Element tile = page.one("#segments [href$='segment=" + segment.get("segment") + "']");
        page.shows(
            tile,
            viewer.n(segment.get("clients")),
            viewer.percent((Number) segment.get("share")),
            viewer.n(segment.get("score"), 1));
      }
      page.showsNothingElse();
    }
  }

  private void assertKpi(ShownPage page, JsonNode kpi, JsonNode costs, int days, Viewer viewer) {
    String id = kpi.get("id").textValue();
    Messages texts = new Messages(viewer.locale());
    Element card = page.one("[data-kpi=" + id + "]");
    List<Object> shown = new ArrayList<>();
    shown.add(inUnit(kpi, "value", viewer));
    if (!kpi.get("change").isNull()) {
      shown.add(viewer.signed(kpi.get("change").doubleValue(), 0));
      shown.add(days);
    } else if (!kpi.get("low").isNull()) {
      shown.add(inUnit(kpi, "low", viewer) + " " + inUnit(kpi, "high", viewer));
    }
    if (!kpi.get("amount").isNull()) {
      shown.add(viewer.euros(kpi.get("amount").doubleValue()));
    }
    if (!kpi.get("value").isNull() && texts.has("kpi." + id + ".of")) {
      String of = texts.get("kpi." + id + ".of");
      double denominator = kpi.get("denominator").doubleValue();
      shown.add(
          of.contains("{0}") ? viewer.percent(kpi.get("value").doubleValue() / denominator) : "");
      shown.add(of.contains("{1}") ? inUnit(kpi, "denominator", viewer) : "");
      shown.add(of.contains("{2}") ? viewer.n(kpi.get("part").doubleValue()) : "");
      shown.add(of.contains("{3}") ? days : "");
    }
    if (costs != null) {
      for (String cost : List.of("totalUsd", "modelsUsd", "messagesUsd")) {
        // By the rate of the random shop's policy.
        shown.add(viewer.euros(0.9 * costs.get(cost).doubleValue()));
      }
    }
    if (!kpi.get("noteNumber").isNull()) {
      shown.add(viewer.n(kpi.get("noteNumber").longValue()));
    }
    page.shows(card, shown.toArray());
    assertThat(card.select("details").text()).contains(texts.get("kpi." + id + ".definition"));
  }

  private static String inUnit(JsonNode kpi, String field, Viewer viewer) {
    if (kpi.get(field).isNull()) {
      return "";
    }
    double number = kpi.get(field).doubleValue();
    return switch (kpi.get("unit").textValue()) {
      case "MONEY" -> viewer.euros(number);
      case "POINTS" -> viewer.signed(number, 1);
      default -> viewer.n(number);
    };
  }

  /** The sentences of what to do, whose counts {@link NumbersITCase} compares. */
  private void assertTasks(ShownPage page, Viewer viewer) throws Exception {
    Today.Counts counts = numbers().today();
    Map<String, Object[]> sentences =
        Map.of(
            "SLIPPING",
            new Object[] {
              viewer.n(counts.clients()),
              viewer.euros(counts.stake()),
              viewer.n(counts.emailed()),
              viewer.n(counts.waiting()),
              viewer.n(counts.contactable())
            },
            "WAITING",
            new Object[] {
              viewer.n(
                  numbers().sql("select count(*) from engagement.emails where status = 'READY'")),
              viewer.n(counts.held())
            },
            "NO_CONSENT",
            new Object[] {
              viewer.n(counts.withoutConsent()), viewer.euros(counts.stakeWithoutConsent())
            });
    for (Element task : page.all("#today li")) {
      page.shows(task, sentences.get(task.attr("data-task")));
      assertThat(numbers().status(task.selectFirst("a").attr("href"))).isEqualTo(200);
    }
  }

  private void assertFunnel(ShownPage page, JsonNode funnel, int days, Viewer viewer) {
    page.shows("#funnel .sub", viewer.day(LocalDate.now(ZoneOffset.UTC).minusDays(days - 1L)));
    List<Element> steps = page.all("#funnel ol li");
    double previous = 0;
    for (int i = 0; i < steps.size(); i++) {
      double count = funnel.get("steps").get(i).get("count").doubleValue();
      page.shows(
          steps.get(i), viewer.n(count), previous > 0 ? viewer.percent(count / previous) : "");
      previous = count;
    }
    page.shows(
        ".funnel-note",
        viewer.n(funnel.get("heldOut").longValue()),
        viewer.n(funnel.get("skipped").longValue()),
        viewer.euros(funnel.get("revenue").doubleValue()),
        14);
    List<Element> skips = page.all("#funnel ul li");
    for (int i = 0; i < skips.size(); i++) {
      page.shows(skips.get(i), viewer.n(funnel.get("skips").get(i).get("count").longValue()));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfAPastDay(Viewer viewer) throws Exception {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(12);
    ShownPage page = numbers().page("/?asOf=" + day, viewer);
    page.given("h1", "the day in the address");
    String then = LAST_OF_DAY.formatted(Numbers.day(11));
    String numbers =
        """
        select count(*) filter (where at_risk) as at_risk, count(score) as scored,
               avg(score)::float8 as average, count(*) as clients
        from
        """;
    Map<String, Object> past = numbers().table(numbers + then).get(0);
    Map<String, Object> now = numbers().table(numbers + "engagement.user_scores").get(0);
    String[] names = {"at_risk", "scored", "average", "clients"};
    for (int i = 0; i < names.length; i++) {
      page.shows(
          page.all(".tiles").get(0).select(".tile").get(i),
          viewer.n(past.get(names[i]), 1),
          viewer.n(now.get(names[i]), 1));
    }
    for (Map<String, Object> segment :
        numbers()
            .table(
                "select segment, count(*) as clients, avg(score)::float8 as score,"
                    + " count(*)::float8 / sum(count(*)) over () as share from "
                    + then
                    + " group by segment")) {
      page.shows(
          "[data-segment=" + segment.get("segment") + "]",
          viewer.n(segment.get("clients")),
          viewer.percent((Number) segment.get("share")),
          viewer.n(segment.get("score"), 1));
    }
    for (Element band : page.all("[data-band]")) {
      page.shows(
          band,
          viewer.n(
              numbers()
                  .sql(
                      "select count(*) from "
                          + then
                          + " where band = '"
                          + band.attr("data-band")
                          + "'")));
    }
    page.showsNothingElse();
  }

  /** What the chart draws: PagesITCase sees that the table behind it has this JSON. */
  @ParameterizedTest
  @ValueSource(ints = {7, 30, 90})
  default void shouldDrawWhoWasAtRiskAtTheEndOfEachDay(int days) throws Exception {
    numbers().awaitObservedDays();
    JsonNode drawn = numbers().get("/api/trend?days=" + days).get("days");
    List<Map<String, Object>> expected =
        numbers()
            .table(
                """
                select d.day::date::text as day, count(*) filter (where last.at_risk) as at_risk,
                       count(last.score) as scored, avg(last.score)::float8 as average
                from generate_series((now() at time zone 'UTC')::date - %d,
                  (now() at time zone 'UTC')::date, interval '1 day') as d (day)
                cross join engagement.user_scores u
                cross join lateral (
                  select * from engagement.score_history h
                  where h.user_id = u.user_id and h.as_of at time zone 'UTC' < d.day + interval '1 day'
                  order by as_of desc, revision desc limit 1) last
                group by d.day order by d.day
                """
                    .formatted(days - 1));
    assertThat(drawn).hasSameSizeAs(expected);
    for (int i = 0; i < days; i++) {
      Map<String, Object> day = expected.get(i);
      assertThat(drawn.get(i).get("day").textValue()).isEqualTo(day.get("day"));
      assertThat(drawn.get(i).get("atRisk").longValue()).isEqualTo(day.get("at_risk"));
      assertThat(drawn.get(i).get("scored").longValue()).isEqualTo(day.get("scored"));
      assertThat(drawn.get(i).get("averageScore").doubleValue())
          .isCloseTo((Double) day.get("average"), within(0.051));
    }
  }

  @Test
  default void shouldDrawHowManyClientsHaveWhichScore() throws Exception {
    LocalDate past = LocalDate.now(ZoneOffset.UTC).minusDays(12);
    assertBins("/api/distribution", "engagement.user_scores");
    assertBins("/api/counts?asOf=" + past, LAST_OF_DAY.formatted(Numbers.day(11)));
  }

  private void assertBins(String path, String clients) throws Exception {
    JsonNode bins = numbers().get(path).get("bins");
    assertThat(bins).hasSize(20);
    for (JsonNode bin : bins) {
      boolean last = bin.get("to").intValue() == 100;
      Map<String, Object> expected =
          numbers()
              .table(
                  "select count(*) as clients, count(*) filter (where at_risk) as at_risk from "
                      + clients
                      + " where score >= "
                      + bin.get("from")
                      + " and score "
                      + (last ? "<= " : "< ")
                      + bin.get("to"))
              .get(0);
      assertThat(bin.get("clients").longValue())
          .as(bin.toString())
          .isEqualTo(expected.get("clients"));
      assertThat(bin.get("atRisk").longValue())
          .as(bin.toString())
          .isEqualTo(expected.get("at_risk"));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfCohorts(Viewer viewer) throws Exception {
    ShownPage page = numbers().page("/cohorts", viewer);
    List<Map<String, Object>> cohorts =
        numbers()
            .table(
                """
                with cohort as (
                  select user_id, date_trunc('month', min(placed_at) at time zone 'UTC') as month
                  from shop.orders where status = 'PLACED' and amount > refunded_amount
                  group by user_id),
                known as (
                  select generate_series(
                    (select date_trunc('month', min(as_of) at time zone 'UTC')
                     from engagement.score_history),
                    date_trunc('month', now() at time zone 'UTC'), interval '1 month') as month),
                cells as (
                  select c.month as cohort, k.month, c.user_id, last.active
                  from cohort c join known k on k.month >= c.month
                  cross join lateral (
                    select coalesce((
                      select score is not null and not at_risk from engagement.score_history h
                      where h.user_id = c.user_id
                        and h.as_of at time zone 'UTC' < k.month + interval '1 month'
                      order by as_of desc, revision desc limit 1), false) as active) last)
                select cohort::date, month::date, count(*) as clients,
                       count(*) filter (where active)::float8 / count(*) as share
                from cells group by 1, 2 order by 1, 2
                """);
    List<Element> rows = page.all("tbody tr");
    int at = 0;
    for (Element row : rows) {
      page.given(row, "th", "the month");
      List<Element> cells = row.select("td");
      page.shows(cells.get(0), viewer.n(cohorts.get(at).get("clients")));
      for (Element cell : cells.subList(1, cells.size())) {
        page.shows(cell, Math.round(100 * ((Number) cohorts.get(at++).get("share")).doubleValue()));
      }
    }
    assertThat(at).isEqualTo(cohorts.size());
    page.all("thead th.num").stream()
        .skip(1)
        .forEach(month -> page.shows(month, month.elementSiblingIndex() - 2));
    page.showsNothingElse();
  }
}
