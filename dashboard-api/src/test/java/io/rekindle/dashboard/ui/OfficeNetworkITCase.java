package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.rekindle.dashboard.TestDashboard;
import io.rekindle.dashboard.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dashboard as an office has it: plain http at a name of the network, and many tabs. */
class OfficeNetworkITCase {

  /** A name that browsers do not take for their own machine, so that it is no secure context. */
  private static final String HOST = "rekindle.office.example";

  private static TestDatabase database;
  private static TestDashboard dashboard;
  private static Browsers browsers;

  @BeforeAll
  static void start() throws Exception {
    PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
    browsers = new Browsers("--host-resolver-rules=MAP " + HOST + " 127.0.0.1");
    database = new TestDatabase();
    database.fillWithClients();
    dashboard = TestDashboard.start(database);
  }

  @AfterAll
  static void stop() throws Exception {
    browsers.close();
    dashboard.close();
    database.close();
  }

  private static String url(String path) {
    return "http://" + HOST + ":" + dashboard.port() + path;
  }

  private static BrowserContext signedIn() {
    BrowserContext context = browsers.browser().newContext();
    context.setDefaultTimeout(30_000);
    Page page = context.newPage();
    page.navigate(url("/sign-in"));
    assertThat(page.evaluate("isSecureContext")).isEqualTo(false);
    Browsers.signIn(page, TestDashboard.ADMIN, TestDashboard.PASSWORD);
    assertThat(page).hasURL(url("/"));
    page.close();
    return context;
  }

  /** A browser has six connections to a server that speaks HTTP/1.1. */
  @Test
  void shouldLoadSevenTabsAndKeepThemAllUpToDate() throws Exception {
    try (BrowserContext context = signedIn()) {
      List<Page> tabs = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Page tab = context.newPage();
        tab.navigate(url("/clients?search=c062"));
        assertThat(tab.locator("tbody tr")).hasCount(1);
        tabs.add(tab);
      }
      database.execute("update shop.users set name = 'Seen by all' where user_id = 'c062'");
      for (Page tab : tabs) {
        assertThat(tab.locator("tbody")).containsText("Seen by all");
      }
    }
  }

  @Test
  void shouldRecordAnOrderOverPlainHttp() throws Exception {
    try (BrowserContext context = signedIn()) {
      Page page = context.newPage();
      page.navigate(url("/clients/c021"));
      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Record an order"))
          .click();
      page.locator("#order-amount").fill("12.50");
      page.locator("#order-category").fill("Office");
      page.locator("#order button[type=submit]").click();
      assertThat(page.locator("#order")).isHidden();
      assertThat(page.locator("#client-orders")).containsText("Office");
      assertThat(
              database.value(
                  "select amount from shop.orders where user_id = 'c021' and category = 'Office'"))
          .isEqualTo("12.50");
    }
  }
}
