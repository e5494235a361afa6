package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.rekindle.dashboard.TestClient;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Outreach as a workbench, in a browser. */
class WorkbenchPagesITCase {

  private static TestDatabase database;
  private static TestDashboard dashboard;
  private static TestClient admin;
  private static Browsers browsers;
  private static String signedIn;

  private BrowserContext context;

  @BeforeAll
  static void start() throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    browsers = new Browsers();
    database = new TestDatabase();
    database.fillWithClients();
    dashboard = TestDashboard.start(database);
    admin = dashboard.admin(database);
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

  /** A new variant written, previewed on a client, and sent as a test. */
  @Test
  void shouldWritePreviewAndTestAVariant() throws Exception {
    database.execute(
        "update shop.users set locale = 'de-DE', name = 'Jürgen Groß' where user_id = 'c010'");
    Page page = open(new Browser.NewContextOptions(), "/settings/outreach");

    page.locator("#seeds").fill("me@shop.example, you@shop.example");
    page.locator("#review-form button[type=submit]").click();
    assertThat(page.locator(".toasts")).containsText("Saved.");
    page.reload();

    page.locator("[data-add-variant]").click();
    page.locator("#variant-name-1").fill("brief");
    page.locator("#variant-weight-1").fill("3");
    page.locator("#variant-tone-1").fill("two short paragraphs");
    assertThat(page.locator("[data-variant]").nth(1)).containsText("75% of the emails");
    page.locator("#preview-client").fill("c010");
    page.locator("[data-variant]").nth(1).locator("[data-preview-variant]").click();
    FrameLocator email = page.frameLocator("#email-preview .mail-frame");
    assertThat(email.locator("body")).containsText("Guten Tag, Jürgen Groß");
    assertThat(page.locator("[data-preview-checks] li").first()).containsText("Passed");
    assertThat(page.locator("[data-preview-checks] .bad")).hasCount(0);
    assertWhole(page, "#email-preview .mail-frame");
    Browsers.shoot(page, "workbench-preview-light");

    page.locator("#test-form button[type=submit]").click();
    assertThat(page.locator("#tests")).containsText("you@shop.example");

    page.locator("#outreach-form button[type=submit]").click();
    // Clients were decided on in the groups as they were.
    assertThat(page.locator("#outreach-form .field:has(#experiment) .error")).isVisible();
    page.locator("#experiment").fill("brief-or-friendly");
    page.locator("#outreach-form button[type=submit]").click();
    assertThat(page.locator(".toasts")).containsText("It holds for every decision");
    assertThat(database.value("select variants -> 1 ->> 'tone' from engagement.outreach_settings"))
        .isEqualTo("two short paragraphs");
  }

  @Test
  void shouldShowANameThatIsTakenAtItsField() {
    Page page = open(new Browser.NewContextOptions(), "/settings/outreach");

    page.locator("[data-add-variant]").click();
    page.locator("[data-variant]").last().locator("[data-key=name]").fill("HOLDOUT");
    page.locator("#outreach-form button[type=submit]").click();

    assertThat(page.locator("[data-variant]").last().locator(".error").first())
        .containsText("other than HOLDOUT");
  }

  @Test
  void shouldShowTheBrandWhileItIsChosenAndNameColoursThatCannotBeRead() throws Exception {
    Page page = open(new Browser.NewContextOptions(), "/settings/brand");
    FrameLocator email = page.frameLocator(".mail-frame");
    assertThat(email.locator("body")).containsText("Hello Ada");

    page.locator("#brand-footer").fill("Since 1904");
    assertThat(email.locator("body")).containsText("Since 1904");
    page.locator("#brand-accent").fill("#ffee88");
    assertThat(page.locator("#brand-form .error").first())
        .containsText("accent on paper has a contrast of 1.1:1");
    page.locator("#brand-accent").fill("#114488");
    assertThat(page.locator("#brand-form .error")).hasCount(0);
    assertThat(email.locator(".button")).hasCSS("background-color", "rgba(0, 0, 0, 0)");
    page.locator("#brand-form button[type=submit]").click();
    assertThat(page.locator(".toasts")).containsText("The next email has it.");
    assertWhole(page, ".mail-frame");
    Browsers.shoot(page, "brand-light");
    assertThat(
            database.value(
                "select accent || ' ' || footer from engagement.brands order by version desc"))
        .isEqualTo("#114488 Since 1904");
  }

  @Test
  void shouldShowAnEmailWholeOnADesktopAPhoneAndInTheDark() throws Exception {
    database.execute(
        """
        update engagement.emails set html = replace(
          (select '<html><head><style>@media (prefers-color-scheme: dark) { body { background:
            #000000 !important } }</style></head><body style="margin:0;background:#ffffff">'
            || string_agg('<p>A line of the email</p>', '') || '</body></html>'
            from generate_series(1, 60)), chr(10), ' '),
          generated_by = 'TEMPLATE', calls = 0, latency_ms = 0
        where email_id = 'm-e-now-3'
        """);
    Page page = open(new Browser.NewContextOptions(), "/emails/m-e-now-3");
    FrameLocator email = page.frameLocator(".mail-frame");
    assertThat(email.locator("body")).hasCSS("background-color", "rgb(255, 255, 255)");
    assertWhole(page, ".mail-frame");

    page.locator("[data-size=phone]").last().click();
    assertThat(page.locator(".mail-frame")).hasCSS("width", "390px");
    assertWhole(page, ".mail-frame");
    page.locator("[data-scheme=DARK]").click();
    assertThat(email.locator("body")).hasCSS("background-color", "rgb(0, 0, 0)");
    assertThat(page.locator("#writing-title")).isVisible();
    assertThat(page.locator("main")).not().containsText("Calls");
    Browsers.shoot(page, "email-phone-dark");
  }

  @Test
  void shouldApproveAVersionOnThePage() throws Exception {
    database.execute(
        """
        update engagement.review_settings set review_first = 2;
        insert into engagement.content_versions
            (content_version, variant, prompt, tone, brand_version, review, first_used_at)
          values ('aaaaaaaa1', 'warm', 'winback-v1', 'calm', 1, 'FREE', now() - interval '1 day'),
            ('bbbbbbbb2', 'warm', 'winback-v1', 'as if to a friend', 1, 'WAITING', now());
        insert into engagement.emails (email_id, user_id, subject, text, content_version)
          select 'w' || n, 'c01' || n, 'Hello again', 'x', 'bbbbbbbb2' from generate_series(1, 4) n
        """);
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page =
          open(new Browser.NewContextOptions().setColorScheme(scheme), "/settings/outreach");
      Browsers.shoot(page, "workbench-" + scheme.name().toLowerCase(Locale.ROOT));
      context.close();
    }
    Page phone =
        open(new Browser.NewContextOptions().setViewportSize(390, 844), "/settings/outreach");
    Browsers.shoot(phone, "workbench-phone");
    context.close();
    Page page = open(new Browser.NewContextOptions(), "/settings/outreach");

    assertThat(page.locator("#versions article").first()).containsText("Waits for approval");
    assertThat(page.locator("#versions article").first().locator(".changes"))
        .containsText("tone calm → as if to a friend");
    assertThat(page.locator("#versions article").first().locator("a")).hasCount(2);
    page.locator("#versions form[data-api$=approve] button").click();

    assertThat(page.locator("#versions article").first()).containsText("Approved by");
    assertThat(
            database.value(
                "select review from engagement.content_versions"
                    + " where content_version = 'bbbbbbbb2'"))
        .isEqualTo("APPROVED");
  }

  @Test
  void shouldLetAnAnalystGiveTheSecondApprovalButChangeNoRules() throws Exception {
    database.execute(
        """
        update engagement.review_settings set review_first = 1, four_eyes_above = 0;
        insert into engagement.content_versions
            (content_version, variant, prompt, tone, brand_version, review, first_used_at,
             approved_by, approved_at)
          values ('dddddddd4', 'cool', 'winback-v1', 'calm', 1, 'APPROVED', now() - interval '9 days',
             'other@example.org', now());
        insert into engagement.emails (email_id, user_id, subject, text, content_version)
          values ('second', 'c020', 'Hello again', 'x', 'dddddddd4')
        """);
    dashboard.account(admin, "ANALYST");
    context = browsers.browser().newContext();
    Page page = context.newPage();
    page.navigate(url("/sign-in"));
    Browsers.signIn(page, "analyst@example.org", TestDashboard.PASSWORD);
    page.locator("nav a[href='/settings/outreach']").click();

    assertThat(page.locator("#outreach-form")).containsText("An admin saves these rules");
    assertThat(page.locator("#outreach-form button[type=submit]")).hasCount(0);
    assertThat(page.locator("#review-form")).hasCount(0);
    assertThat(page.locator("a[href='/settings']")).hasCount(0);
    page.locator("#versions article:has-text('cool') form[data-api$=approve] button").click();
    assertThat(page.locator("#versions article:has-text('cool')"))
        .containsText("analyst@example.org");
    database.execute("update engagement.review_settings set four_eyes_above = null");
  }

  /** Nothing scrolls in the frame: it is as high as its document. */
  private static void assertWhole(Page page, String frame) {
    page.waitForFunction(
        "selector => { const frame = document.querySelector(selector);"
            + " const shown = frame.contentDocument?.documentElement;"
            + " return shown && shown.scrollHeight <= frame.clientHeight"
            + " && frame.clientHeight - shown.getBoundingClientRect().height < 4; }",
        frame);
  }

  private Page open(Browser.NewContextOptions options, String path) {
    context = browsers.browser().newContext(options.setStorageState(signedIn));
    Page page = context.newPage();
    page.navigate(url(path));
    return page;
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + dashboard.port() + path;
  }
}
