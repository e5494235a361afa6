package io.rekindle.local.stack;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.dashboard.ui.Browsers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an analyst does in a browser, and what the real pipeline then makes of it. */
@ExtendWith(SharedStack.Provider.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Order(SharedStack.SECOND)
class BrowserITCase {

  private RunningStack stack;
  private Browsers browsers;
  private Page page;

  @BeforeAll
  void start(SharedStack shared) throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout((double) RunningStack.SOON.toMillis());
    shared.start();
    stack = shared.stack();
    stack.execute(
        """
        update engagement.outreach_settings set holdout_share = 0,
          quiet_from = '00:00', quiet_until = '00:00';
        insert into shop.users (user_id, email, name, marketing_consent, preferred_categories)
          values ('nora', 'nora@example.com', 'Nora', true, '{books}'),
            ('nils', 'nils@example.com', 'Nils', true, '{books}');
        insert into shop.orders (order_id, user_id, amount, placed_at)
          select 'nora-' || n, 'nora', 40, now() - interval '1 day' * (40 + 30 * n)
          from generate_series(1, 3) n""");
    stack.await(
        "both are evaluated",
        "select 1 from engagement.user_scores where user_id in ('nora', 'nils')"
            + " having count(*) = 2 and max(order_count) = 3");
    browsers = new Browsers();
    page =
        browsers
            .browser()
            .newContext(new Browser.NewContextOptions().setViewportSize(1280, 860))
            .newPage();
  }

  @AfterAll
  void stop() throws Exception {
    if (browsers != null) {
      browsers.close();
    }
    stack.execute("update engagement.outreach_settings set holdout_share = default");
  }

  @Test
  @Order(1)
  void shouldSignInAndFindAClient() throws Exception {
    show("/clients");
    Browsers.signIn(
        page, stack.info().dashboardAccount().user(), stack.info().dashboardAccount().password());
    page.keyboard().press("/");
    page.keyboard().type("nora@example");
    page.keyboard().press("Enter");
    page.locator("tbody a").first().click();

    assertThat(page).hasURL(url("/clients/nora"));
    shouldShowTheScoreOf("nora");
  }

  @Test
  @Order(2)
  void shouldShowWhatThePipelineMakesOfAnOrderAndOfItsRefund() throws Exception {
    String before = shown();
    page.evaluate("window.notReloaded = true");

    press("Record an order");
    page.locator("#order-amount").fill("40");
    page.locator("#order button[type=submit]").click();

    assertThat(page.locator(".big-score")).not().hasAttribute("data-score", before);
    shouldShowTheScoreOf("nora");
    String ordered = shown();
    Locator newest = page.locator("#client-orders tbody tr").first();
    newest.getByText("Refund").click();
    page.locator("#refund-amount").fill("40");
    page.locator("#refund button[type=submit]").click();

    assertThat(page.locator(".big-score")).not().hasAttribute("data-score", ordered);
    shouldShowTheScoreOf("nora");
    assertThat(shown()).isEqualTo(before);
    assertThat(page.evaluate("window.notReloaded")).isEqualTo(true);
  }

  @Test
  @Order(3)
  void shouldShowWhatChangedInSql() throws Exception {
    Instant changed = Instant.now();
    stack.execute("update shop.users set name = 'Nora Changed' where user_id = 'nora'");

    assertThat(page.locator("h1")).hasText("Nora Changed");
    System.out.printf(
        "A change in SQL was on an open page after %d ms%n",
        Duration.between(changed, Instant.now()).toMillis());
    assertThat(page.evaluate("window.notReloaded")).isEqualTo(true);
  }

  @Test
  @Order(4)
  void shouldLeadFromAnOverrideToAnEmailAndItsExplanation() throws Exception {
    press("Set score");
    page.locator("#override-score").fill("12");
    page.locator("#override-reason").fill("To see the email");
    page.locator("#override button[type=submit]").click();

    shouldShow("12");
    stack.await(
        "the email is sent",
        "select 1 from engagement.emails where user_id = 'nora' and status = 'SENT'");
    show("/emails?search=nora@example.com");
    page.locator("tbody a.person").first().click();

    assertThat(page.frameLocator(".mail-frame").locator("body")).containsText("Nora");
    assertThat(page.locator("pre.mail-text")).containsText("Nora");
    assertThat(page.locator("main")).containsText("The score then was 12");
    assertThat(page.locator("#delivery")).containsText("250");
  }

  @Test
  @Order(5)
  void shouldRepairAndReplayADeadLetter() throws Exception {
    String sound = new MalformedEvents().order("nils-1", "nils");
    String letter =
        MalformedEvents.send(
            stack.info().kafka(),
            new MalformedEvents.Event(
                "WRONG_TYPE",
                Topics.standard().orders().name(),
                "{\"order_id\":\"nils-1\"}",
                sound.replace("10.00", "ten")));
    Locator card = page.locator("section[aria-label='" + letter + "']");
    page.waitForCondition(
        () -> {
          show("/pipeline/dead-letters");
          return card.count() == 1;
        });

    stack.execute(
        "insert into shop.orders (order_id, user_id, amount) values ('nils-1', 'nils', 10)");
    card.locator("summary").click();
    card.locator("textarea").fill(sound);
    card.getByText("Replay", new Locator.GetByTextOptions().setExact(true)).click();

    assertThat(page.locator(".toast")).containsText("Put back where it came from");
    show("/clients/nils");
    assertThat(page.locator("#client-score [data-score]")).isVisible();
  }

  @Test
  @Order(6)
  void shouldPreviewActivateAndRollBackAPolicy() throws Exception {
    show("/policy?version=document-v1");
    press("What would change?");
    assertThat(page.locator("#preview [data-slot=scoreChanges]"))
        .hasText(Pattern.compile("[1-9].*"));
    page.locator("[data-dialog=activate]").click();
    page.locator("#activate button[type=submit]").click();

    assertThat(page.locator("h2#document-title")).hasText("document-v1");
    stack.await(
        "all users are evaluated by it",
        "select 1 from engagement.user_scores having bool_and(policy_version = 'document-v1')");
    page.locator("[data-dialog=rollback]").click();
    page.locator("#rollback button[type=submit]").click();
    assertThat(page.locator("h2#document-title")).hasText("cadence-v1");
    stack.await(
        "all users are evaluated as before",
        "select 1 from engagement.user_scores having bool_and(policy_version = 'cadence-v1')");
  }

  @Test
  @Order(7)
  void shouldExportWhatThePageShows() throws Exception {
    show("/clients?search=nora@example");

    Download download =
        page.waitForDownload(
            () ->
                page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Export CSV"))
                    .click());

    Path file = download.path();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).startsWith("nora,");
    stack.verifyAll();
  }

  /** Waits until the page shows what is stored now. */
  private void shouldShowTheScoreOf(String user) throws Exception {
    shouldShow(
        stack.value(
            "select trim_scale(score) from engagement.user_scores where user_id = '%s'"
                .formatted(user)));
  }

  private void shouldShow(String score) {
    assertThat(page.locator(".big-score")).hasAttribute("data-score", score);
  }

  private String shown() {
    return page.locator(".big-score").getAttribute("data-score");
  }

  private void show(String path) {
    page.navigate(url(path));
  }

  private void press(String name) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  private String url(String path) {
    return stack.info().dashboardUrl() + path;
  }
}
