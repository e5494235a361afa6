package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The segments, and the lists of past days, in a browser. */
class SegmentPagesITCase {

  private final LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);

  private final Map<String, String> pages =
      Map.of(
          "segments", "/segments",
          "past-clients", "/clients?atRisk=true&on=" + yesterday,
          "audience", "/audiences/all",
          "clients-who-left", "/clients?leftRiskDays=90&orderCountMin=2");

  private static TestDatabase database;
  private static TestDashboard dashboard;
  private static Browsers browsers;
  private static String signedIn;

  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;

  @BeforeAll
  static void start() throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    browsers = new Browsers();
    database = new TestDatabase();
    database.fillWithClients();
    // The shop's history has one segment for all. Let them move.
    database.execute(
        """
        update engagement.score_history set segment = (array[
          'CHAMPION', 'LOYAL', 'NEW', 'AT_RISK', 'CANT_LOSE', 'HIBERNATING', 'LOST'])[
            1 + (hashtext(user_id) & 1023 + extract(day from as_of)::int) % 7];
        """);
    dashboard = TestDashboard.start(database);
    dashboard
        .admin(database)
        .post("/api/audiences", "{\"audience\": \"all\", \"filter\": {\"scoreMin\": \"50\"}}");
    signedIn = browsers.signedIn(url(""));
  }

  @AfterAll
  static void stop() throws Exception {
    browsers.close();
    dashboard.close();
    database.close();
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + dashboard.port() + path;
  }

  private Page open(Browser.NewContextOptions options, String path) {
    close();
    context = browsers.browser().newContext(options.setStorageState(signedIn));
    Page page = context.newPage();
    page.setDefaultTimeout(60_000);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(url(path));
    return page;
  }

  /** Charts are drawn once they are near. */
  private static void awaitCharts(Page page) {
    for (String chart : List.of("#repeat", "#returning")) {
      page.locator(chart).scrollIntoViewIfNeeded();
      page.locator(chart + "[data-drawn]").waitFor();
    }
  }

  @Test
  void shouldOpenTheListBehindACellAndBehindAFlow() {
    Page page = open(new Browser.NewContextOptions().setLocale("en-GB"), "/segments?days=90");

    Locator cell = page.locator("#rfm td.heat a").first();
    String clients = cell.locator(".strong").textContent();
    cell.click();
    assertThat(page.locator("#list .table-foot")).containsText("of " + clients + " clients");
    page.goBack();

    page.locator("#movement svg.sankey").waitFor();
    page.locator("#movement-table summary").click();
    Locator flow = page.locator("#movement-table tbody tr").first();
    String moved = flow.locator("a").innerText().split("\\s", -1)[0];
    flow.locator("a").click();
    assertThat(page.locator("h1")).containsText("Clients on");
    assertThat(page.locator("#list .table-foot")).containsText("of " + moved + " clients");

    page.navigate(url("/segments?days=30"));
    awaitCharts(page);
    assertThat(page.locator("#repeat-table tbody tr")).not().hasCount(0);
    page.locator("#returning-table summary").click();
    assertThat(page.locator("#returning-table")).containsText("Not over");
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldHaveNoFaultThatAxeFindsAndFitOnAPhone() {
    List<String> faults = new ArrayList<>();
    Map<String, Browser.NewContextOptions> views =
        Map.of(
            "light", new Browser.NewContextOptions(),
            "dark", new Browser.NewContextOptions().setColorScheme(ColorScheme.DARK),
            "phone", new Browser.NewContextOptions().setViewportSize(390, 844),
            // As wide as a window of 1280 pixels at 200 per cent.
            "zoom", new Browser.NewContextOptions().setViewportSize(640, 480).setLocale("de-DE"));
    for (Map.Entry<String, Browser.NewContextOptions> view : views.entrySet()) {
      for (Map.Entry<String, String> one : pages.entrySet()) {
        Page page = open(view.getValue(), one.getValue());
        if (one.getKey().equals("segments")) {
          page.locator("#movement svg.sankey").waitFor();
          awaitCharts(page);
        }
        String name = one.getKey() + "-" + view.getKey();
        Browsers.shoot(page, name);
        assertThat(PageChecks.widerThanTheScreen(page)).as(name).isEmpty();
        PageChecks.faultsThatAxeFinds(page, "document")
            .forEach(fault -> faults.add(name + ": " + fault));
      }
    }
    assertThat(faults).isEmpty();
    assertThat(complaints).isEmpty();
  }
}
