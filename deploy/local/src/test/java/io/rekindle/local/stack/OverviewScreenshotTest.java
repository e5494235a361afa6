package io.rekindle.local.stack;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ScreenshotAnimations;
import io.rekindle.dashboard.ui.Browsers;
import io.rekindle.local.Await;
import io.rekindle.local.server.StackInfo;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Takes the README's picture of a stack that runs; deploy/operations/screenshot calls it. */
@EnabledIfSystemProperty(named = "rekindle.screenshot", matches = ".+")
class OverviewScreenshotTest {

  private static final Pattern AT_RISK = Pattern.compile("[1-9][0-9,]* are at risk in all");

  @Test
  void shouldShowTheOverview() throws InterruptedException {
    StackInfo stack = StackInfo.read(Path.of(System.getProperty("rekindle.screenshot.data")));
    try (Browsers browsers = new Browsers()) {
      Page page =
          browsers
              .browser()
              .newContext(new Browser.NewContextOptions().setViewportSize(1280, 860))
              .newPage();
      page.navigate(stack.dashboardUrl());
      Browsers.signIn(page, stack.dashboardAccount().user(), stack.dashboardAccount().password());
      // The first statistics may be older than the first scores.
      Await.until(
          "the overview counts the clients at risk",
          RunningStack.RECOVERY,
          () -> {
            page.reload();
            assertThat(page.locator("canvas").first()).isVisible();
            return AT_RISK.matcher(page.locator("main").innerText()).find();
          });
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(Path.of(System.getProperty("rekindle.screenshot")))
              .setAnimations(ScreenshotAnimations.DISABLED));
    }
  }
}
