package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.dashboard.FittableShop;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.sql.Connection;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** An analyst's path in a real browser: is the score any good here, fit, compare, activate. */
class AnalystPathITCase {

  @Test
  void shouldLeadFromTheQuestionToABetterPolicy() throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    try (TestDatabase database = new TestDatabase();
        Browsers browsers = new Browsers()) {
      FittableShop.fill(database, 600);
      try (Connection connection = database.connect()) {
        ScoringPolicy policy = ScoringPolicy.builtIn("cadence-v1");
        Policies.install(connection, Map.of(policy.version(), policy.json()), policy.version());
      }
      try (TestDashboard dashboard = TestDashboard.start(database);
          BrowserContext context = browsers.browser().newContext()) {
        dashboard.admin(database);
        walk(context.newPage(), "http://127.0.0.1:" + dashboard.port(), database);
      }
    }
  }

  private static void walk(Page page, String url, TestDatabase database) throws Exception {
    page.navigate(url + "/backtests");
    Browsers.signIn(page, TestDashboard.ADMIN, TestDashboard.PASSWORD);

    // Is the score any good here? Nobody has looked yet.
    assertThat(page.locator("main")).containsText("No backtest yet");
    assertThat(page.locator("main")).containsText("No month is evaluated yet");
    page.locator("main a[href='/policy']").first().click();

    // Fit.
    page.locator("[data-dialog=fit]").click();
    page.locator("#fit-form button[type=submit]").click();
    assertThat(page).hasURL(Pattern.compile("/policy\\?version=fitted-"));
    String fitted = page.locator("#document-title").textContent();
    Browsers.shoot(page, "analyst-1-draft");

    // Compare: its points beside those in force, and what it would have said in the past.
    assertThat(page.locator("section[aria-labelledby=difference-title] tbody tr").first())
        .isVisible();
    page.locator("main a[href^='/backtests']").first().click();
    assertThat(page.locator("section[aria-labelledby=figures-title] tbody tr")).hasCount(3);
    assertThat(page.locator("section[aria-labelledby=differences-title]")).containsText("fitted");
    assertThat(page.locator("svg.calibration circle").first()).isVisible();
    Browsers.shoot(page, "analyst-2-how-good");
    page.goBack();

    // Preview.
    page.locator("[data-preview]").click();
    assertThat(page.locator("#preview [data-slot=scoreChanges]")).not().isEmpty();
    assertThat(page.locator("#preview [data-slot=emailsPerDay]")).not().isEmpty();
    Browsers.shoot(page, "analyst-3-preview");

    // Activate.
    page.locator("[data-dialog=activate]").click();
    page.locator("#activate button[type=submit]").click();
    assertThat(page).hasURL(url + "/policy");
    assertThat(page.locator("#document-title")).hasText(fitted);
    assertThat(
            database.value("select policy_version from engagement.scoring_policies where active"))
        .isEqualTo(fitted);
    assertThat(
            database.value(
                "select count(*) from engagement.models where active and policy_version in"
                    + " ('cadence-v1', '%s')".formatted(fitted)))
        .as("the table of cadence-v1, and the money of the draft")
        .isEqualTo("2");
    Browsers.shoot(page, "analyst-4-active");
  }
}
