package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The numbers that the page of the segments shows. {@link SegmentNumbersITCase} compares those that
 * its charts ask for, and opens the lists behind them.
 */
interface SegmentPageNumbers {

  Numbers numbers();

  @ParameterizedTest
  @ValueSource(ints = {7, 90})
  default void shouldShowTheNumbersOfTheSegments(int days) throws Exception {
    LocalDate last = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    LocalDate first = last.minusDays(days);
    // The page does not wait for this count, the API does.
    numbers().get("/api/movement?from=%s&to=%s".formatted(first, last));
    for (Viewer viewer : Viewer.values()) {
      ShownPage page = numbers().page("/segments?days=" + days, viewer);
      for (Element choice : page.all("nav.segments a")) {
        String n = choice.attr("href").replace("/segments?days=", "");
        page.shows(choice, Integer.parseInt(n) < 365 ? n : "");
      }
      assertSegments(page, viewer);
      assertGrid(page, viewer);
      assertMovement(page, first, last, viewer);
      page.shows("#repeat-title", days);
      page.shows("[aria-labelledby=repeat-title] details.what", days, days, 24);
      page.showsNothingElse();
    }
  }

  private void assertSegments(ShownPage page, Viewer viewer) throws Exception {
    List<Map<String, Object>> segments =
        numbers()
            .table(
                """
                select segment, count(*) as clients, count(*) filter (where at_risk) as at_risk,
                       avg(score)::float8 as score,
                       count(*)::float8 / sum(count(*)) over () as share,
                       coalesce(sum(order_count * average_order_value), 0) as spend
                from engagement.user_scores group by segment
                """);
    assertThat(page.all("#segments tbody tr")).hasSameSizeAs(segments);
    for (Map<String, Object> segment : segments) {
      Element link = page.one("#segments th [href$='segment=" + segment.get("segment") + "']");
      page.shows(
          link.closest("tr"),
          viewer.n(segment.get("clients")),
          viewer.percent((Number) segment.get("share")),
          viewer.n(segment.get("at_risk")),
          viewer.n(segment.get("score"), 1),
          viewer.euros(segment.get("spend")));
    }
  }

  private void assertGrid(ShownPage page, Viewer viewer) throws Exception {
    List<Map<String, Object>> cells =
        numbers()
            .table(
                """
                select count(*) as clients, avg(at_risk::int)::float8 as share,
                       coalesce(sum(order_count * average_order_value), 0) as spend,
                       width_bucket((now() at time zone 'UTC')::date
                         - (last_order_at at time zone 'UTC')::date, array[30, 60, 90, 180, 365])
                         as recency,
                       width_bucket(order_count, array[2, 3, 5, 7, 10]) as frequency
                from engagement.user_scores where last_order_at is not null group by 4, 5
                """);
    page.given("#rfm thead, #rfm tbody th", "the limits of the classes");
    List<Element> rows = page.all("#rfm tbody tr");
    assertThat(rows).hasSize(6);
    assertThat(page.all("#rfm tbody a")).hasSameSizeAs(cells);
    for (Map<String, Object> cell : cells) {
      Element row = rows.get(((Number) cell.get("recency")).intValue());
      page.shows(
          row.select("td").get(((Number) cell.get("frequency")).intValue()),
          viewer.n(cell.get("clients")),
          viewer.euros(cell.get("spend")),
          viewer.percent((Number) cell.get("share")));
    }
  }

  private void assertMovement(ShownPage page, LocalDate first, LocalDate last, Viewer viewer)
      throws Exception {
    String ends =
        """
        (select f.segment as from_segment, t.segment as to_segment
         from %s full join %s using (user_id)) ends
        """
            .formatted(
                OverviewPageNumbers.LAST_OF_DAY.formatted(endOf(first)).replace("last_scores", "f"),
                OverviewPageNumbers.LAST_OF_DAY.formatted(endOf(last)).replace("last_scores", "t"));
    List<Map<String, Object>> transfers =
        numbers()
            .table("select from_segment, to_segment, count(*) from " + ends + " group by 1, 2");
    List<Element> rows = page.all("#movement-table tbody tr");
    assertThat(rows).hasSameSizeAs(transfers);
    for (Map<String, Object> flow : transfers) {
      String link =
          new Movement(first, last, false, false, 0, 0, List.of())
              .link(
                  new Movement.Flow(
                      (String) flow.get("from_segment"), (String) flow.get("to_segment"), 0));
      page.shows(
          page.one("#movement-table [href='" + link + "']").closest("tr"),
          viewer.n(flow.get("count")));
      // A title is read beside the ribbon that it names.
      page.shows("#movement svg a[href='" + link + "']", viewer.n(flow.get("count")));
    }
    page.shows(
        ".movement-sum",
        viewer.n(
            numbers()
                .sql(
                    "select count(*) filter (where from_segment is distinct from to_segment) from "
                        + ends)),
        viewer.n(numbers().sql("select count(*) from " + ends)));
    page.given(
        "#movement thead, .sankey-days", "the days that were asked for, in the reader's words");
    for (String end : List.of("from", "to")) {
      List<Element> nodes =
          page.all("#movement svg text").stream()
              .filter(text -> text.hasClass("end") == end.equals("to"))
              .toList();
      List<String> counts =
          numbers()
              .table("select count(*) from %s group by %s_segment".formatted(ends, end))
              .stream()
              .map(row -> viewer.n(row.get("count")))
              .toList();
      assertThat(nodes.stream().map(node -> node.child(1).text()).toList())
          .containsExactlyInAnyOrderElementsOf(counts);
      nodes.forEach(node -> page.shows(node, node.child(1).text()));
    }
  }

  private static String endOf(LocalDate day) {
    return "timestamptz '%sT00:00:00Z'".formatted(day.plusDays(1));
  }
}
