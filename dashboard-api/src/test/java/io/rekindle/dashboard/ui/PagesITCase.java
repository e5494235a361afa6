package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.connectors.schema.Policies;
import io.rekindle.dashboard.OpenApiContract;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.signin.TestOidcProvider;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.sql.Connection;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages in a real browser, over a shop of 240 clients. */
class PagesITCase {

  /** Every page, by the name of its screenshot. */
  private static final Map<String, String> PAGES = new LinkedHashMap<>();

  static {
    PAGES.put("overview", "/");
    PAGES.put("cohorts", "/cohorts");
    PAGES.put("clients", "/clients");
    PAGES.put("nobody-found", "/clients?search=nobody-is-called-so");
    PAGES.put("client", "/clients/c010");
    PAGES.put("prospect", "/clients/c029");
    PAGES.put("at-risk", "/at-risk");
    PAGES.put("audiences", "/audiences");
    PAGES.put("suppressions", "/suppressions");
    PAGES.put(
        "clients-filtered", "/clients?contactable=false&columns=stake,reason,done,contact,spend");
    PAGES.put("emails", "/emails");
    PAGES.put("email", "/emails/m-e-now-3");
    PAGES.put("experiments", "/experiments");
    PAGES.put("pipeline", "/pipeline");
    PAGES.put("dead-letters", "/pipeline/dead-letters");
    PAGES.put("policy", "/policy");
    PAGES.put("backtests", "/backtests");
    PAGES.put("outreach", "/settings/outreach");
    PAGES.put("new-experiment", "/experiments/new");
    PAGES.put("brand", "/settings/brand");
    PAGES.put("accounts", "/settings");
    PAGES.put("api-keys", "/settings/api-keys");
    PAGES.put("audit-log", "/settings/audit-log");
    PAGES.put("docs", "/docs");
    PAGES.put("not-found", "/clients/nobody");
  }

  /** On a slow phone a page takes ten seconds, so these stand for all. */
  private static final Set<String> PAGES_WITH_MUCH_TO_DRAW =
      Set.of("overview", "client", "at-risk", "policy");

  /**
   * Faults in the markup of Swagger UI, which no setting changes: it skips a level of headings, the
   * summary of an operation has a button in a button, and the introduction is outside of its main
   * element.
   */
  private static final Set<String> SWAGGER_UI_FAULTS =
      Set.of("heading-order", "nested-interactive", "region");

  /**
   * Sections of the contract after the first two. Swagger UI gives all of them the same markup, and
   * axe takes half a minute for the whole contract.
   */
  private static final String REPEATED_SECTIONS =
      ".swagger-ui span:nth-child(n+3) > .opblock-tag-section";

  private static TestDatabase database;
  private static TestDashboard dashboard;
  private static TestOidcProvider provider;
  private static Browsers browsers;
  private static String signedIn;

  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;

  @BeforeAll
  static void start() throws Exception {
    // A machine that is busy with other builds takes its time.
    PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    browsers = new Browsers();
    database = new TestDatabase();
    database.fillWithClients();
    try (Connection connection = database.connect()) {
      ScoringPolicy policy = ScoringPolicy.builtIn("cadence-v1");
      Policies.install(connection, Map.of(policy.version(), policy.json()), policy.version());
    }
    provider = new TestOidcProvider();
    dashboard =
        TestDashboard.start(
            database,
            Map.of(
                "REKINDLE_OIDC_ISSUER",
                provider.issuer(),
                "REKINDLE_OIDC_CLIENT_ID",
                TestOidcProvider.CLIENT,
                "REKINDLE_OIDC_CLIENT_SECRET",
                TestOidcProvider.SECRET,
                "REKINDLE_OIDC_ROLES",
                "marketing=ANALYST",
                "REKINDLE_OIDC_NAME",
                "Example ID"));
    dashboard.admin(database);
    PAGES.put("shop-day", "/?asOf=" + LocalDate.now(ZoneOffset.UTC).minusDays(1));
    signedIn = browsers.signedIn(url(""));
  }

  @AfterAll
  static void stop() throws Exception {
    browsers.close();
    dashboard.close();
    provider.close();
    database.close();
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  @Test
  void shouldLetNobodyInWithoutSigningIn() {
    context = browsers.browser().newContext();
    Page page = context.newPage();

    page.navigate(url("/clients?segment=LOYAL"));

    assertThat(page).hasURL(Pattern.compile("/sign-in\\?next="));
    Browsers.shoot(page, "sign-in");
    signIn(page, "not the password");
    assertThat(page.getByRole(AriaRole.ALERT)).hasText("Email address or password is wrong.");
    signIn(page, TestDashboard.PASSWORD);
    assertThat(page).hasURL(url("/clients?segment=LOYAL"));
    page.locator("[data-dialog=account]").click();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out")).click();
    assertThat(page).hasURL(url("/sign-in"));
    page.navigate(url("/clients"));
    assertThat(page).hasURL(Pattern.compile("/sign-in"));
  }

  @Test
  void shouldSignInAtAProviderAndSayWhatIsWrong() {
    context = browsers.browser().newContext();
    Page page = context.newPage();
    provider.person(Map.of("sub", "1", "email", "ines@example.org", "roles", List.of("gardeners")));

    page.navigate(url("/at-risk"));
    page.getByText("Sign in with Example ID").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("no role that is let in here");
    provider.person(Map.of("sub", "1", "email", "ines@example.org", "roles", List.of("marketing")));
    page.getByText("Sign in with Example ID").click();
    assertThat(page).hasURL(url("/at-risk"));
    page.locator("[data-dialog=account]").click();
    assertThat(page.locator("#account")).containsText("ines@example.org");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out")).click();

    assertThat(page.getByRole(AriaRole.STATUS)).containsText("Sign out of Example ID, too");
  }

  @Test
  void shouldHaveNoFaultThatAxeFindsInLightAndDark() {
    List<String> faults = new ArrayList<>();
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = open(new Browser.NewContextOptions().setColorScheme(scheme), "/sign-in");
      for (Map.Entry<String, String> entry : PAGES.entrySet()) {
        show(page, entry.getValue());
        Browsers.shoot(page, entry.getKey() + "-" + scheme.name().toLowerCase(Locale.ROOT));
        // The markup is the same in both, so dark can only break what is about colours.
        String[] rules =
            scheme == ColorScheme.LIGHT
                ? new String[] {}
                : new String[] {"color-contrast", "link-in-text-block"};
        for (Object fault :
            PageChecks.faultsThatAxeFinds(
                page, "{exclude: [['" + REPEATED_SECTIONS + "']]}", rules)) {
          boolean known =
              entry.getKey().equals("docs")
                  && SWAGGER_UI_FAULTS.contains(fault.toString().split(":", 2)[0]);
          if (!known) {
            faults.add(entry.getKey() + " " + scheme + ": " + fault);
          }
        }
      }
      context.close();
    }
    assertThat(faults).isEmpty();
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldShowEveryOperationOfTheContract() {
    Page page = open(new Browser.NewContextOptions(), "/docs");

    Object shown =
        page.evaluate(
            """
            () => [...document.querySelectorAll('.opblock-summary')].map(summary =>
              summary.querySelector('.opblock-summary-method').textContent + ' '
                + summary.querySelector('.opblock-summary-path').dataset.path)
            """);
    assertThat((List<?>) shown)
        .map(Object::toString)
        .containsExactlyInAnyOrderElementsOf(OpenApiContract.operations());
    page.locator("#operations-Clients-users .opblock-summary-control").click();
    assertThat(page.locator("#operations-Clients-users")).containsText("maximum: 200");
    page.locator("#operations-Orders-createOrder .opblock-summary-control").click();
    assertThat(page.locator("#operations-Orders-createOrder")).containsText("ANALYST");
    assertThat(page.locator("#operations-Orders-createOrder")).containsText("orders:write");
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldFitAPhone() {
    Page page = open(new Browser.NewContextOptions().setViewportSize(390, 800), "/");
    for (Map.Entry<String, String> entry : PAGES.entrySet()) {
      show(page, entry.getValue());
      Browsers.shoot(page, entry.getKey() + "-phone");
      assertThat(PageChecks.widerThanTheScreen(page)).as(entry.getKey()).isEmpty();
    }
    show(page, "/");
    page.locator("[data-more]").click();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Pipeline")).click();
    assertThat(page).hasURL(url("/pipeline"));
  }

  @Test
  void shouldFindAClientByTheKeyboardAlone() {
    Page page = open("/");

    page.keyboard().press("/");
    page.keyboard().type("c042@example");
    page.keyboard().press("Enter");

    assertThat(page).hasURL(url("/clients?search=c042%40example"));
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.locator("tbody a").first().focus();
    page.keyboard().press("Enter");
    assertThat(page).hasURL(url("/clients/c042"));
  }

  @Test
  void shouldKeepFiltersInTheAddress() {
    Page page = open("/clients");

    page.locator("#clients-segment").selectOption("LOYAL");

    assertThat(page).hasURL(url("/clients?segment=LOYAL"));
    assertThat(page.locator("tbody .badge").first()).hasText("Loyal");
    page.reload();
    assertThat(page.locator("#clients-segment")).hasValue("LOYAL");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Score").setExact(true))
        .click();
    assertThat(page).hasURL(url("/clients?segment=LOYAL&sort=score&order=desc"));
    assertThat(page.locator("th[aria-sort=descending]")).containsText("Score");
  }

  @Test
  void shouldExportExactlyTheRowsThatAreFiltered() throws Exception {
    Page page = open("/clients");
    page.locator("#clients-segment").selectOption("CHAMPION");
    assertThat(page).hasURL(url("/clients?segment=CHAMPION"));
    assertThat(page.locator("#export")).hasAttribute("href", Pattern.compile("segment=CHAMPION"));

    Download download =
        page.waitForDownload(
            () ->
                page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Export CSV"))
                    .click());

    List<String> lines = Files.readAllLines(download.path());
    String champions =
        database.value("select count(*) from engagement.user_scores where segment = 'CHAMPION'");
    assertThat(lines).hasSize(Integer.parseInt(champions) + 1);
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.contains(",CHAMPION,"));
  }

  @Test
  void shouldShowTheScoreAsTheSumOfItsFactors() throws Exception {
    Page page = open("/clients/c077");

    int sum = 0;
    for (String points :
        page.locator("#client-score .wf-row:not(:last-child) .pts").allTextContents()) {
      sum += Integer.parseInt(points.replace("+", ""));
    }

    assertThat(sum)
        .isEqualTo(
            Integer.parseInt(
                database.value("select score from engagement.user_scores where user_id = 'c077'")));
    assertThat(page.locator("#client-score .wf-row:last-child .pts")).hasText(String.valueOf(sum));
    assertThat(page.locator("#client-story"))
        .hasText(Pattern.compile("Ord(ers|ered) .*(every|rhythm).*"));
  }

  @Test
  void shouldRecordAnOrderAndShowTheNewScoreWithoutReloading() throws Exception {
    Page page = open("/clients/c020");
    page.evaluate("window.notReloaded = true");

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Record an order")).click();
    page.locator("#order-amount").fill("12,5 apples");
    page.locator("#order button[type=submit]").click();
    assertThat(page.locator("#order-amount")).hasAttribute("aria-invalid", "true");
    page.locator("#order-amount").fill("12.50");
    page.locator("#order-category").fill("<b>tea</b>");
    page.locator("#order button[type=submit]").click();

    assertThat(page.locator("#order")).isHidden();
    assertThat(page.locator("#client-orders")).containsText("<b>tea</b>");
    assertThat(
            database.value(
                "select amount from shop.orders where user_id = 'c020' and category ="
                    + " '<b>tea</b>'"))
        .isEqualTo("12.50");
    // What the pipeline would write.
    database.execute(
        "update engagement.user_scores set score = 99, computed_score = 99, recency_points = 30,"
            + " rhythm_points = 30, frequency_points = 30, value_points = 9, as_of = now(),"
            + " written_at = clock_timestamp() where user_id = 'c020'");
    assertThat(page.locator(".big-score")).containsText("99");
    assertThat(page.evaluate("window.notReloaded")).isEqualTo(true);
  }

  @Test
  void shouldRefundAndCancelOrders() throws Exception {
    Page page = open("/clients/c035");
    Locator row =
        page.locator("#client-orders tr").filter(new Locator.FilterOptions().setHasText("o-35-0"));

    row.getByText("Refund").click();
    page.locator("#refund-amount").fill("1000000");
    page.locator("#refund button[type=submit]").click();
    assertThat(page.locator("#refund .error")).containsText("at most");
    page.locator("#refund-amount").fill("5");
    page.locator("#refund button[type=submit]").click();
    assertThat(row).containsText("€5.00");
    row.getByText("Cancel").click();
    page.locator("#cancel button[type=submit]").click();

    assertThat(row).containsText("Cancelled");
    assertThat(
            database.value(
                "select status || refunded_amount from shop.orders where order_id = 'o-35-0'"))
        .isEqualTo("CANCELLED5.00");
  }

  @Test
  void shouldSetAScoreByHand() throws Exception {
    Page page = open("/clients/c050");

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Set score")).click();
    page.locator("#override-score").fill("12");
    page.locator("#override-reason").fill("To see the email");
    page.locator("#override button[type=submit]").click();

    assertThat(page.locator("#client-timeline")).containsText("Score set to 12 by hand");
    assertThat(
            database.value("select score from engagement.score_overrides where user_id = 'c050'"))
        .isEqualTo("12");
  }

  @Test
  void shouldStopEmailingManyAtOnceAfterAskingOnce() throws Exception {
    Page page = open("/at-risk?segment=CANT_LOSE");
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Locator box = page.locator("input[data-row]").nth(i);
      box.check();
      chosen.add(box.inputValue());
    }

    page.locator(".bulk button").click();
    assertThat(page.locator("#suppress")).containsText("2 clients");
    page.locator("#suppress button[type=submit]").click();

    assertThat(page.locator(".toast")).containsText("They are not emailed any more. 2 taken off");
    assertThat(
            database.value(
                "select count(*) from engagement.suppressions where user_id in ('"
                    + String.join("', '", chosen)
                    + "')"))
        .isEqualTo("2");
    assertThat(page.locator(".bulk")).isHidden();

    page.locator(".toast button").click();
    assertThat(page.locator(".toasts")).containsText("Emails to them are allowed again.");
    assertThat(
            database.value(
                "select count(*) from engagement.suppressions where user_id in ('"
                    + String.join("', '", chosen)
                    + "')"))
        .isEqualTo("0");
  }

  @Test
  void shouldExportTheMostValuableWhoCanBeWonBackAndAreChosen() throws Exception {
    Page page = open("/at-risk");
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Locator box = page.locator("input[data-row]").nth(i);
      box.check();
      chosen.add(box.inputValue());
    }

    Download download = page.waitForDownload(() -> page.locator("#export-chosen").click());

    List<String> lines = Files.readAllLines(download.path());
    assertThat(lines.get(0))
        .contains("valueAtStake", "mainReason", "lastDecision", "contactObstacle");
    assertThat(lines.subList(1, lines.size()))
        .map(line -> line.split(",", 2)[0])
        .containsExactlyElementsOf(chosen);
    assertThat(lines).noneMatch(line -> line.contains(",LOST,") || line.contains(",HIBERNATING,"));
  }

  @Test
  void shouldKeepChosenColumnsAndFiltersInTheAddressAndInAnAudience() {
    Page page = open("/clients");
    page.locator("#filter-columns summary").click();
    page.locator("input[name=columns][value=stake]").check();
    assertThat(page.locator("thead")).containsText("At stake");
    page.locator("#filter-more summary").click();
    page.locator("#f-consent").selectOption("false");
    assertThat(page).hasURL(Pattern.compile("columns=.*stake.*consent=false|consent=false.*stake"));
    page.reload();
    assertThat(page.locator("thead")).containsText("At stake");
    assertThat(page.locator("#f-consent")).hasValue("false");

    page.locator("[data-dialog=save-audience]").click();
    page.locator("#audience-name").fill("no-consent");
    page.locator("#save-audience button[type=submit]").click();

    assertThat(page).hasURL(url("/clients?audience=no-consent"));
    // Every ninth of 240 clients has not consented.
    assertThat(page.locator(".table-foot")).containsText("26 of 26 clients");
    show(page, "/audiences");
    assertThat(page.locator("tbody")).containsText("no-consent");
  }

  @Test
  void shouldShowAnEmailThatCanLoadAndRunNothing() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer elsewhere =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext("/", exchange -> asked.incrementAndGet());
    elsewhere.start();
    try {
      String hostile =
          database.value(
              """
              update engagement.emails set html = replace(html, '127.0.0.1:9', '127.0.0.1:%d')
              where html like '%%<script>%%' returning email_id
              """
                  .formatted(elsewhere.getAddress().getPort()));
      Page page = open("/emails/" + hostile);

      FrameLocator frame = page.frameLocator(".mail-frame");
      assertThat(frame.locator("h1")).containsText("It has been a while");
      assertThat(page.locator("h1")).containsText("<script>alert(1)</script>");
      assertThat(frame.locator("img").evaluate("image => image.complete && image.naturalWidth"))
          .isEqualTo(0);
      assertThat(frame.locator("html").evaluate("page => document.title")).isNotEqualTo("stolen");
      assertThat(asked).hasValue(0);
      assertThat(page.locator("#delivery")).containsText("250 2.0.0 Ok");
      assertThat(page.locator("main")).containsText("The score then was");
    } finally {
      elsewhere.stop(0);
    }
  }

  @Test
  void shouldPreviewAndActivateAPolicy() throws Exception {
    Page page = open("/policy");
    Locator points = page.locator("[name='document.recency.tiers[1].points']");

    points.fill("31");
    assertThat(page.locator(".edit-table .error")).containsText("must not rise");
    assertThat(points).hasAttribute("aria-invalid", "true");
    points.fill("27");
    assertThat(page.locator("#preview [data-slot=scoreChanges]")).hasText(Pattern.compile("\\d+"));
    page.locator("[name='document.atRisk.scoreBelow']").fill("60");
    assertThat(page.locator("#preview [data-slot=enteringAtRisk]"))
        .hasText(Pattern.compile("[1-9].*"));
    press(page, "Add a step: Recency");
    press(page, "Move up: Recency, step 9");
    press(page, "Remove: Recency, step 8");
    page.locator("[name='document.version']").fill("cadence-strict");
    press(page, "JSON");
    Locator document = page.locator("#policy-document");
    String text = document.inputValue();
    assertThat(text).contains("\"version\": \"cadence-strict\"", "\"scoreBelow\": 60");
    document.fill("{");
    press(page, "Form");
    assertThat(page.locator("#policy-form .form-error")).containsText("not valid JSON");
    document.fill(text);
    press(page, "Form");
    assertThat(page.locator("[name^='document.recency.tiers'][name$=points]")).hasCount(8);
    page.locator("#policy-form button[type=submit]").click();
    assertThat(page).hasURL(url("/policy?version=cadence-strict"));
    page.locator("[data-dialog=activate]").click();
    page.locator("#activate button[type=submit]").click();

    assertThat(page).hasURL(url("/policy"));
    assertThat(page.locator("h2#document-title")).hasText("cadence-strict");
    assertThat(
            database.value("select policy_version from engagement.scoring_policies where active"))
        .isEqualTo("cadence-strict");
    page.locator("[data-dialog=rollback]").click();
    page.locator("#rollback button[type=submit]").click();
    assertThat(page.locator("h2#document-title")).hasText("cadence-v1");
  }

  @Test
  void shouldSayWhatOtherRulesOfOutreachWouldDo() throws Exception {
    Page page = open("/settings/outreach");

    page.locator("#cap").fill("-5");
    assertThat(page.locator("#outreach-form .error")).containsText("whole number");
    page.locator("#cap").fill("1");

    assertThat(page.locator("#outreach-preview tr.differs").first()).containsText("To email");
    assertThat(page.locator("#outreach-preview")).containsText("Over the day’s limit");
    assertThat(page.locator("#outreach-form .error")).hasCount(0);
    assertThat(database.value("select daily_cap from engagement.outreach_settings"))
        .isEqualTo("1000");
  }

  @Test
  void shouldBeginAnExperimentByItsFormWithThePlannedShare() throws Exception {
    Page page = open("/experiments/new");
    String settings =
        "select concat_ws(' ', experiment_id, holdout_share, jsonb_array_length(variants),"
            + " variants -> 1 ->> 'name', variants -> 1 ->> 'tone') from engagement.outreach_settings";
    String before = database.value("select to_jsonb(s)::text from engagement.outreach_settings s");
    try {
      Locator options = page.locator("#planner tbody tr");
      assertThat(options.first()).containsText("As set");
      assertThat(options.first()).containsText("10 % held out, 5 points");
      page.locator("#plan-difference").fill("2");
      assertThat(options.first()).containsText("10 % held out, 2 points");
      page.locator("#plan-difference").fill("80");
      assertThat(page.locator("#planner-form .error")).containsText("0.5");
      page.locator("#plan-difference").fill("10");
      assertThat(page.locator("#planner-form .error")).hasCount(0);
      assertThat(options.first()).containsText("10 points");
      page.locator("[data-use-share]").click();
      assertThat(page.locator("#share")).not().hasValue("10");

      page.locator("#share").fill("");
      page.locator("[data-add-variant]").click();
      page.locator("#experiment").fill("by-form");
      press(page, "Begin");
      assertThat(page.locator("#experiment-form .field:has(#share) .error"))
          .hasText("is required.");
      assertThat(page.locator("[data-place='variants[1]'] .error").first()).hasText("is required.");

      page.locator("#share").fill("25");
      page.locator("#variant-name-1").fill("brief");
      page.locator("#variant-tone-1").fill("two short paragraphs");
      press(page, "Begin");
      assertThat(page).hasURL(url("/experiments"));
      assertThat(page.locator("#experiments tbody tr").first()).containsText("by-form");
      assertThat(database.value(settings)).isEqualTo("by-form 0.25 2 brief two short paragraphs");
    } finally {
      database.execute(
          "update engagement.outreach_settings s set experiment_id = b.experiment_id,"
              + " holdout_share = b.holdout_share, variants = b.variants from jsonb_populate_record("
              + "null::engagement.outreach_settings, '%s') b".formatted(before.replace("'", "''")));
    }
  }

  @Test
  void shouldTellTheSecondOfTwoAdminsWhoSaveRules() throws Exception {
    Page page = open("/settings/outreach");
    String cap = "select daily_cap from engagement.outreach_settings";
    try {
      page.locator("#cap").fill("20");
      database.execute("update engagement.outreach_settings set daily_cap = 30");
      page.locator("#outreach-form button[type=submit]").click();
      assertThat(page.locator("#outreach-form .form-error")).containsText("nothing was saved");
      assertThat(page.locator("#cap")).hasValue("20");
      assertThat(database.value(cap)).isEqualTo("30");

      page.navigate(url("/settings/outreach"));
      for (String saved : List.of("40", "50")) {
        page.locator("#cap").fill(saved);
        page.waitForResponse(
            response -> response.request().method().equals("PUT") && response.status() == 200,
            () -> page.locator("#outreach-form button[type=submit]").click());
        assertThat(database.value(cap)).isEqualTo(saved);
      }
      page.navigate(url("/settings/audit-log"));
      assertThat(page.locator("tbody tr").first()).containsText("dailyCap: 40 → 50");
    } finally {
      database.execute("update engagement.outreach_settings set daily_cap = 1000");
    }
  }

  @Test
  void shouldEraseAClientAfterAskingOnce() throws Exception {
    Page page = open("/clients/c099");

    press(page, "Erase");
    assertThat(page.locator("#erase")).containsText("cannot be undone");
    press(page, "Erase for good");

    assertThat(page).hasURL(url("/clients"));
    show(page, "/clients?search=c099");
    assertThat(page.locator(".empty-title")).hasText("No clients here");
    assertThat(database.value("select count(*) from shop.users where user_id = 'c099'"))
        .isEqualTo("0");
    assertThat(database.value("select count(*) from shop.orders where user_id = 'c099'"))
        .isEqualTo("0");
    assertThat(page.navigate(url("/clients/c099")).status()).isEqualTo(404);
  }

  @Test
  void shouldSayThatTheDatabaseIsAwayAndGoOnWhenItIsBack() throws Exception {
    Page page = open("/clients?search=c042");
    database.stop();
    try {
      assertThat(page.navigate(url("/clients?search=c042")).status()).isEqualTo(503);
      assertThat(page.locator("h1")).hasText("The dashboard cannot answer right now");
      assertThat(page.locator("main")).containsText("The database does not answer");
      assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Try again")))
          .hasAttribute("href", "/clients?search=c042");
      Browsers.shoot(page, "unavailable");
    } finally {
      database.startAgain();
    }

    // Nobody has to press it.
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page).hasURL(url("/clients?search=c042"));
  }

  @Test
  void shouldFollowWhatHappensUntilPaused() throws Exception {
    Page page = open("/clients?search=c061");
    assertThat(page.locator("tbody tr")).hasCount(1);

    database.execute("update shop.users set name = 'Changed by SQL' where user_id = 'c061'");
    assertThat(page.locator("tbody")).containsText("Changed by SQL");
    page.locator("[data-pause]").click();
    assertThat(page.locator("[data-pause]")).hasAttribute("aria-pressed", "true");
    database.execute("update shop.users set name = 'Not to be seen' where user_id = 'c061'");
    // Whatever was going to be asked for has been by the time that freshness is asked for twice.
    for (int i = 0; i < 2; i++) {
      page.waitForResponse(response -> response.url().endsWith("/api/pipeline"), () -> {});
    }
    assertThat(page.locator("tbody")).containsText("Changed by SQL");
    page.locator("[data-pause]").click();
    assertThat(page.locator("tbody")).containsText("Not to be seen");
  }

  @Test
  void shouldRememberLightOrDark() {
    Page page = open(new Browser.NewContextOptions().setColorScheme(ColorScheme.LIGHT), "/emails");

    page.locator(".top [data-theme-toggle]").click();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    show(page, "/clients");

    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(17, 18, 20)");
  }

  @Test
  void shouldKeepASessionAliveForAPersonOnlyAndWhatWasTypedOverASignIn() throws Exception {
    context = browsers.browser().newContext();
    Page page = context.newPage();
    page.navigate(url("/settings/outreach"));
    signIn(page, TestDashboard.PASSWORD);
    assertThat(page).hasURL(url("/settings/outreach"));
    String session =
        " where token_hash = decode('%s', 'hex')"
            .formatted(
                database.value(
                    "select encode(token_hash, 'hex') from dashboard.sessions"
                        + " order by created_at desc"));
    String unused =
        "select last_seen_at < now() - interval '5 minutes' from dashboard.sessions" + session;
    // Opened anew, so that no key or pointer has touched it.
    page.reload();
    database.execute(
        "update dashboard.sessions set last_seen_at = now() - interval '10 minutes'" + session);

    page.waitForResponse("**/api/pipeline", () -> {});
    page.waitForResponse("**/api/pipeline", () -> {});
    assertThat(database.value(unused)).as("a page by itself").isEqualTo("t");
    page.mouse().move(300, 300);
    page.mouse().move(310, 310);
    while (!"f".equals(database.value(unused))) {
      page.waitForResponse("**/api/pipeline", () -> {});
    }

    page.locator("#cap").fill("4711");
    page.locator("#stale").fill("");
    page.locator("#variant-tone-0").fill("as if to a friend");
    database.execute("delete from dashboard.sessions" + session);
    assertThat(page).hasURL(Pattern.compile("/sign-in\\?next="));
    signIn(page, TestDashboard.PASSWORD);

    assertThat(page).hasURL(url("/settings/outreach"));
    assertThat(page.locator("#cap")).hasValue("4711");
    assertThat(page.locator("#stale")).hasValue("");
    assertThat(page.locator("#variant-tone-0")).hasValue("as if to a friend");
    assertThat(page.locator(".toasts")).containsText("What you had typed is back.");
    // Once: a later visit shows what is stored.
    page.reload();
    assertThat(page.locator("#cap")).not().hasValue("4711");

    page.navigate(url("/settings"));
    page.locator("[data-dialog=new-account]").click();
    page.locator("#new-account-email").fill("new@example.org");
    page.locator("#new-account-password").fill("never to be kept anywhere");
    database.execute(
        "delete from dashboard.sessions where token_hash = (select token_hash from"
            + " dashboard.sessions order by created_at desc limit 1)");
    assertThat(page).hasURL(Pattern.compile("/sign-in\\?next="));
    assertThat((String) page.evaluate("sessionStorage.getItem('rekindle:drafts')"))
        .contains("new@example.org")
        .doesNotContain("never to be kept");
    signIn(page, TestDashboard.PASSWORD);
    assertThat(page.locator("#new-account")).isVisible();
    assertThat(page.locator("#new-account-email")).hasValue("new@example.org");
    assertThat(page.locator("#new-account-password")).hasValue("");
  }

  @Test
  void shouldSpeakGermanAndWriteNumbersAndTimesAsGermansDo() throws Exception {
    Page page = open(new Browser.NewContextOptions().setLocale("de-DE"), "/at-risk");

    assertThat(page.locator("html")).hasAttribute("lang", "de-DE");
    assertThat(page.locator("h1")).hasText("Gefährdet");
    assertThat(page.locator("tbody [data-label='Auf dem Spiel']").first())
        .hasText(Pattern.compile("\\d,\\d\\d"));
    show(page, "/clients/c021");
    assertThat(page.locator("#client-facts"))
        .containsText(Pattern.compile("\\d{2}\\.\\d{2}\\.20\\d{2}"));
    press(page, "Bestellung erfassen");
    page.locator("#order-amount").fill("1.234,50");
    page.locator("#order button[type=submit]").click();
    assertThat(page.locator("#order")).isHidden();
    assertThat(page.locator("#client-orders")).containsText("1.234,50\u00a0€");

    page.locator("[data-dialog=account]").click();
    page.locator("#locale").selectOption("en-US");
    assertThat(page.locator("html")).hasAttribute("lang", "en-US");
    assertThat(page.locator("#client-orders")).containsText("€1,234.50");
    assertThat(page.locator("#client-facts"))
        .containsText(Pattern.compile("[A-Z][a-z]{2} \\d{1,2}, 20\\d{2}"));
    page.locator("[data-dialog=account]").click();
    page.locator("#locale").selectOption("");
    assertThat(page.locator("html")).hasAttribute("lang", "de-DE");
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldWriteTheSameTimesOnTheServerAndInTheBrowser() {
    for (String tag : List.of("en-GB", "en-US", "de-DE")) {
      Page page =
          open(
              new Browser.NewContextOptions().setLocale(tag).setTimezoneId("America/New_York"),
              "/clients/c010");
      // The browser has told its zone by now.
      page.navigate(url("/clients/c010"));
      assertThat(page.locator("html")).hasAttribute("data-zone", "America/New_York");
      Object others =
          page.evaluate(
              """
              () => [...document.querySelectorAll('time:not([data-style=ago])')]
                .map(time => [time.textContent,
                  window.rekindle.formats[time.dataset.style].format(new Date(time.dateTime))])
                .filter(([server, browser]) => server.replaceAll(/\\s/g, ' ') !== browser.replaceAll(/\\s/g, ' '))
              """);
      assertThat((List<?>) others).as(tag).isEmpty();
      context.close();
    }
  }

  @Test
  void shouldMoveTheStepsOfAPolicyByKeyAndByPointer() {
    Page page = open("/policy");
    Locator corner = page.locator("[data-key='corner-recency-1']");
    Locator from = page.locator("[name='document.recency.tiers[1].fromDays']");
    Locator points = page.locator("[name='document.recency.tiers[1].points']");

    corner.focus();
    page.keyboard().press("ArrowRight");
    page.keyboard().press("ArrowDown");
    assertThat(from).hasValue("15");
    assertThat(points).hasValue("27");
    assertThat(corner).hasAttribute("aria-valuenow", "27");
    assertThat(corner).hasAttribute("aria-valuetext", Pattern.compile("15: 27"));
    assertThat(corner).isFocused();
    // Never above the step before it.
    page.keyboard().press("PageUp");
    assertThat(points).hasValue("30");

    BoundingBox box = corner.locator("circle").last().boundingBox();
    page.mouse().move(box.x + box.width / 2, box.y + box.height / 2);
    page.mouse().down();
    page.mouse().move(box.x + box.width / 2 + 4, box.y + 25);
    page.mouse().up();
    assertThat(points).not().hasValue("30");
    assertThat(page.locator("#preview [data-slot=scoreChanges]")).hasText(Pattern.compile("\\d+"));
    assertThat(page.locator("[data-clients=recency-0]")).hasText(Pattern.compile("\\d+"));
    assertThat(page.locator("#preview")).isInViewport();
    assertThat(complaints).isEmpty();
  }

  @Test
  void shouldTryAWriteInTheDocumentationOnceItIsConfirmed() throws Exception {
    Page page = open("/docs");
    Locator operation = page.locator("#operations-Policies-changeFitSettings");
    String activate = "select activate from engagement.fit_settings";
    operation.locator(".opblock-summary-control").click();
    operation.getByText("Try it out").click();
    operation.locator("textarea").fill("{\"activate\": true}");

    operation.getByText("Execute").click();
    assertThat(page.locator("#try [data-request]")).hasText("PUT /api/fit-settings");
    page.locator("#try button").first().click();
    assertThat(database.value(activate)).isEqualTo("f");
    operation.getByText("Execute").click();
    page.locator("#try button[value=send]").click();

    assertThat(operation.locator(".live-responses-table .response-col_status").last())
        .containsText("200");
    assertThat(database.value(activate)).isEqualTo("t");
    database.execute("update engagement.fit_settings set activate = false");
  }

  /** At 200 %, a window of 1280 pixels has 640; German words are the longest. */
  @Test
  void shouldFitAWindowAtTwiceTheSize() {
    Page page =
        open(
            new Browser.NewContextOptions()
                .setViewportSize(640, 430)
                .setDeviceScaleFactor(2)
                .setLocale("de-DE"),
            "/");
    for (Map.Entry<String, String> entry : PAGES.entrySet()) {
      show(page, entry.getValue());
      Browsers.shoot(page, entry.getKey() + "-german-200");
      assertThat(PageChecks.widerThanTheScreen(page)).as(entry.getKey()).isEmpty();
    }
  }

  /**
   * On a phone of a quarter of this machine's speed and a slow network. Prints what takes the main
   * thread for longer than 50 ms, and holds no time, since other builds run beside this one.
   */
  @Test
  void shouldStayWhereItIsAsItLoadsOnAPhone() {
    Page page = open(new Browser.NewContextOptions().setViewportSize(390, 800), "/");
    context.addInitScript(
        """
        window.observed = {tasks: [], shift: 0, shifted: []};
        new PerformanceObserver(list => list.getEntries().forEach(task =>
            observed.tasks.push(Math.round(task.duration)))).observe({type: 'longtask', buffered: true});
        new PerformanceObserver(list => list.getEntries().filter(shift => !shift.hadRecentInput)
            .forEach(shift => {
              observed.shift += shift.value;
              observed.shifted.push(...shift.sources.map(source => source.node?.outerHTML?.slice(0, 80)));
            })).observe({type: 'layout-shift', buffered: true});
        """);
    CDPSession devtools = context.newCDPSession(page);
    JsonObject slow = new JsonObject();
    slow.addProperty("rate", 4);
    devtools.send("Emulation.setCPUThrottlingRate", slow);
    JsonObject network = new JsonObject();
    network.addProperty("offline", false);
    network.addProperty("latency", 150);
    network.addProperty("downloadThroughput", 200_000);
    network.addProperty("uploadThroughput", 90_000);
    devtools.send("Network.emulateNetworkConditions", network);
    for (Map.Entry<String, String> entry : PAGES.entrySet()) {
      if (!PAGES_WITH_MUCH_TO_DRAW.contains(entry.getKey())) {
        continue;
      }
      show(page, entry.getValue());
      if (page.locator("body[data-subscribe]").count() > 0) {
        // Rounds of live refreshes, too.
        for (int i = 0; i < 2; i++) {
          page.waitForResponse(response -> response.url().endsWith("/api/pipeline"), () -> {});
        }
      }
      Map<?, ?> observed = (Map<?, ?>) page.evaluate("observed");
      System.out.printf(
          "%-12s layout shift %.3f, long tasks (ms) %s%n",
          entry.getKey(), ((Number) observed.get("shift")).doubleValue(), observed.get("tasks"));
      assertThat(((Number) observed.get("shift")).doubleValue())
          .as(entry.getKey() + " " + observed.get("shifted"))
          .isLessThan(0.1);
    }
  }

  private static void press(Page page, String name) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  private Page open(String path) {
    return open(new Browser.NewContextOptions(), path);
  }

  private Page open(Browser.NewContextOptions options, String path) {
    options.setStorageState(signedIn);
    if (options.timezoneId == null) {
      options.setTimezoneId("Europe/Warsaw");
    }
    if (options.locale == null) {
      options.setLocale("en-GB");
    }
    if (options.viewportSize == null) {
      options.setViewportSize(1280, 860);
    }
    context = browsers.browser().newContext(options);
    Page page = context.newPage();
    page.onPageError(error -> complaints.add(page.url() + ": " + error));
    page.onConsoleMessage(
        message -> {
          // A refused style or script says so here. A page that is not there is asked for.
          if (message.type().equals("error")
              && message.text().contains("Content Security Policy")) {
            complaints.add(page.url() + ": " + message.text());
          }
        });
    show(page, path);
    return page;
  }

  /** Goes there and waits until all charts, or the API's operations, are drawn. */
  private static void show(Page page, String path) {
    page.navigate(url(path));
    page.waitForFunction(
        """
        () => {
          // A chart is drawn once it is near.
          const waiting = document.querySelector('[data-chart].skeleton');
          waiting?.scrollIntoView();
          if (waiting === null) scrollTo(0, 0);
          return waiting === null && (!document.body.classList.contains('docs')
            || document.querySelector('.opblock-tag') !== null);
        }
        """);
  }

  private static void signIn(Page page, String password) {
    Browsers.signIn(page, TestDashboard.ADMIN, password);
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + dashboard.port() + path;
  }
}
