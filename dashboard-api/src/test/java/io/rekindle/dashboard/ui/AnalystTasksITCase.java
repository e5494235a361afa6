package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Five tasks of the people who use the dashboard, each from the overview to its end in a real
 * browser. It prints how long the program took for each; a person reads and types besides.
 */
class AnalystTasksITCase {

  /** At risk, and without consent. */
  private static final String WITHOUT_EMAIL = "c036";

  private interface Task {
    void run() throws Exception;
  }

  private TestDatabase database;
  private Page page;
  private String url;

  @Test
  void shouldLeadThroughFiveTasks() throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    try (TestDatabase shop = new TestDatabase();
        Browsers browsers = new Browsers()) {
      database = shop;
      shop.fillWithClients();
      try (Connection connection = shop.connect()) {
        ScoringPolicy policy = ScoringPolicy.builtIn("cadence-v1");
        Policies.install(connection, Map.of(policy.version(), policy.json()), policy.version());
      }
      try (TestDashboard dashboard = TestDashboard.start(shop)) {
        dashboard.admin(shop);
        url = "http://127.0.0.1:" + dashboard.port();
        try (BrowserContext context =
            browsers
                .browser()
                .newContext(
                    new Browser.NewContextOptions().setStorageState(browsers.signedIn(url)))) {
          page = context.newPage();
          page.setDefaultTimeout(60_000);
          time("the 20 most valuable who can be won back, exported", this::exportTheMostValuable);
          time("why a client got no email", this::findWhyAClientGotNothing);
          time("a variant written, previewed, tested and approved", this::writeAVariant);
          time("a policy changed, compared, activated and rolled back", this::changeThePolicy);
          time("a client erased", this::eraseAClient);
        }
      }
    }
  }

  private void time(String task, Task steps) throws Exception {
    long began = System.nanoTime();
    page.navigate(url + "/");
    steps.run();
    System.out.printf(
        "Task: %s: %.1f s%n",
        task, Duration.ofNanos(System.nanoTime() - began).toMillis() / 1_000.0);
  }

  private void exportTheMostValuable() throws Exception {
    page.locator("[data-kpi=AT_STAKE] a").click();
    Locator boxes = page.locator("input[data-row]");
    for (int i = 0; i < 20; i++) {
      boxes.nth(i).check();
    }
    Download download = page.waitForDownload(() -> page.locator("#export-chosen").click());

    Path csv = download.path();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(21);
    assertThat(lines.get(0)).contains("valueAtStake", "mainReason", "contactObstacle");
    String exported =
        lines.stream()
            .skip(1)
            .map(line -> "'" + line.split(",", 2)[0] + "'")
            .collect(Collectors.joining(","));
    String stakes =
        "select string_agg(value_at_stake::text, ' ' order by value_at_stake desc) from %s s";
    // Of clients with the same stake any may be the last.
    assertThat(
            database.value(
                stakes.formatted(
                    "(select * from engagement.user_scores where user_id in (" + exported + "))")))
        .isEqualTo(
            database.value(
                stakes.formatted(
                    """
                    (select * from engagement.user_scores
                     where at_risk and segment not in ('LOST', 'HIBERNATING')
                     order by value_at_stake desc limit 20)
                    """)));
  }

  private void findWhyAClientGotNothing() {
    page.locator("nav a[href='/clients']").first().click();
    find(WITHOUT_EMAIL);
    page.locator("a[href='/clients/" + WITHOUT_EMAIL + "']").first().click();

    assertThat(page.locator("#client-timeline")).containsText("Has not consented to marketing");
    assertThat(page.locator("#client-facts")).containsText("No consent");
  }

  private void writeAVariant() throws Exception {
    page.locator("nav a[href='/settings']").first().click();
    page.locator("a[href='/settings/outreach']").first().click();
    page.locator("#seeds").fill("me@shop.example");
    page.locator("#review-first").fill("1");
    page.locator("#review-form button[type=submit]").click();
    assertThat(page.locator(".toasts")).containsText("Saved.");
    page.reload();
    page.locator("[data-add-variant]").click();
    page.locator("#variant-name-1").fill("brief");
    page.locator("#variant-tone-1").fill("two short paragraphs");
    page.locator("#preview-client").fill("c010");
    page.locator("[data-variant]").nth(1).locator("[data-preview-variant]").click();
    assertThat(page.frameLocator("#email-preview .mail-frame").locator("body"))
        .containsText("Hello");
    page.locator("#test-form button[type=submit]").click();
    assertThat(page.locator("#tests")).containsText("me@shop.example");
    page.locator("#experiment").fill("brief-or-friendly");
    page.locator("#outreach-form button[type=submit]").click();
    assertThat(page.locator(".toasts")).containsText("It holds for every decision");

    // What the job stores with the first email by the new texts.
    database.execute(
        """
        insert into engagement.content_versions
            (content_version, variant, prompt, tone, brand_version, review, first_used_at)
          values ('cccccccc3', 'brief', 'winback-v1', 'two short paragraphs', 1, 'WAITING', now());
        insert into engagement.emails (email_id, user_id, subject, text, content_version)
          values ('w1', 'c010', 'Hello again', 'x', 'cccccccc3')
        """);
    page.reload();
    page.locator("#versions form[data-api$=approve] button").first().click();
    assertThat(page.locator("#versions article").first()).containsText("Approved by");
  }

  private void changeThePolicy() throws Exception {
    page.locator("nav a[href='/policy']").first().click();
    page.locator("[name='document.atRisk.scoreBelow']").fill("60");
    page.locator("[name='document.version']").fill("cadence-strict");
    assertThat(page.locator("#preview [data-slot=enteringAtRisk]"))
        .hasText(Pattern.compile("[1-9].*"));
    page.locator("#policy-form button[type=submit]").click();
    assertThat(page).hasURL(url + "/policy?version=cadence-strict");
    page.locator("[data-dialog=activate]").click();
    assertThat(page.locator("#activate [data-effect]"))
        .hasText(Pattern.compile("Clients who become at risk: [1-9].*"));
    page.locator("#activate button[type=submit]").click();
    assertThat(page.locator("#document-title")).hasText("cadence-strict");

    page.locator("[data-dialog=rollback]").click();
    assertThat(page.locator("#rollback-title")).hasText("Go back to cadence-v1?");
    assertThat(page.locator("#rollback [data-effect]"))
        .hasText(Pattern.compile(".*Waiting emails that are cancelled: \\d+\\."));
    page.locator("#rollback button[type=submit]").click();
    assertThat(page.locator("#document-title")).hasText("cadence-v1");
  }

  private void find(String userId) {
    page.locator("#clients-search").fill(userId);
    page.locator("#clients-search").press("Enter");
  }

  private void eraseAClient() throws Exception {
    page.locator("nav a[href='/clients']").first().click();
    find("c099");
    page.locator("a[href='/clients/c099']").first().click();
    page.locator("[data-dialog=erase]").click();
    page.locator("#erase button[type=submit]").click();

    assertThat(page).hasURL(url + "/clients");
    assertThat(database.value("select count(*) from shop.users where user_id = 'c099'"))
        .isEqualTo("0");
  }
}
