package io.rekindle.dashboard.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers of the pages about the pipeline, policies and settings. */
interface PipelinePageNumbers {

  Numbers numbers();

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfThePipeline(Viewer viewer) throws Exception {
    String ages =
        """
        select extract(epoch from clock_timestamp() - max(beat))::float8 as beat,
               extract(epoch from clock_timestamp()
                 - (select min(watermark) from engagement.pipeline_progress))::float8 as scores
        from engagement.clock
        """;
    List<Object> before = List.copyOf(numbers().table(ages).get(0).values());
    ShownPage page = numbers().page("/pipeline", viewer);
    List<Object> after = List.copyOf(numbers().table(ages).get(0).values());
    List<Element> tiles = page.all(".stages .tile");
    assertThat(tiles).hasSize(6);
    for (int i = 0; i < 2; i++) {
      Element tile = tiles.get(i == 0 ? 1 : 4).selectFirst(".n");
      // Time passes while the page is made: the number lies between.
      double shown = number(ShownPage.numbers(tile.text()).get(0), viewer);
      assertThat(shown).isBetween((Double) before.get(i) - 0.06, (Double) after.get(i) + 0.06);
      page.shows(tile, viewer.n(shown, 1));
    }
    for (Element row : page.all("[aria-labelledby=partitions-title] tbody tr")) {
      // The partitions of a topic are counted from 0.
      long same =
          row.previousElementSiblings().stream()
              .filter(other -> other.child(0).text().equals(row.child(0).text()))
              .count();
      page.shows(row.child(1), same);
    }
    page.shows("[aria-labelledby=subtasks-title] tbody td", 0);
    page.showsNothingElse();
  }

  private static double number(String text, Viewer viewer) {
    String plain = text.replace(viewer == Viewer.GERMAN_IN_LOS_ANGELES ? "." : ",", "");
    return Double.parseDouble(plain.replace(',', '.'));
  }

  @ParameterizedTest
  @EnumSource
  default void shouldShowTheNumbersOfCalibrations(Viewer viewer) throws Exception {
    ShownPage page = numbers().page("/backtests", viewer);
    List<Map<String, Object>> months =
        numbers()
            .table(
                """
                select clients, expected, happened, brier,
                       (p + z2 / 2 - s) / (1 + z2) * clients as low,
                       (p + z2 / 2 + s) / (1 + z2) * clients as high
                from (
                  select *, sqrt(p * (1 - p) * z2 + z2 * z2 / 4) as s
                  from (
                    select *, happened::float8 / clients as p, 3.841458820694124 / clients as z2
                    from engagement.calibrations where evaluated_at is not null) rates) wilson
                order by month desc
                """);
    List<Element> rows = page.all("[aria-labelledby=live-title] tbody tr");
    assertThat(rows).hasSameSizeAs(months);
    for (int i = 0; i < rows.size(); i++) {
      Map<String, Object> month = months.get(i);
      List<Element> cells = rows.get(i).select("td");
      page.shows(cells.get(1), viewer.n(month.get("clients")));
      page.shows(cells.get(2), viewer.n(month.get("expected"), 1));
      page.shows(
          cells.get(3),
          viewer.n(month.get("happened")),
          viewer.n(month.get("low"), 1),
          viewer.n(month.get("high"), 1));
      page.shows(cells.get(4), viewer.n(month.get("brier"), 3));
      page.given(rows.get(i), "th", "the month");
    }
    page.showsNothingElse();
  }

  /** Pages without a number of the shop. */
  @ParameterizedTest
  @EnumSource
  default void shouldShowNoOtherNumbers(Viewer viewer) throws Exception {
    for (String path :
        List.of(
            "/policy",
            "/experiments/new",
            "/pipeline/dead-letters",
            "/settings",
            "/settings/api-keys")) {
      numbers().page(path, viewer).showsNothingElse();
    }
    ShownPage brand = numbers().page("/settings/brand", viewer);
    brand.shows("#brand-form .sub", 1);
    brand.showsNothingElse();
    ShownPage log = numbers().page("/settings/audit-log", viewer);
    log.given(".under", "addresses of the network, and ids");
    log.shows(".table-foot", log.all("tbody tr").size());
    log.showsNothingElse();
  }
}
