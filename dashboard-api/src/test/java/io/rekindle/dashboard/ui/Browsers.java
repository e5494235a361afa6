package io.rekindle.dashboard.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import io.rekindle.dashboard.TestDashboard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The machine's own Chromium, without a window. */
public final class Browsers implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Playwright playwright;
  private final Browser browser;

  /**
   * @param more arguments of the browser
   */
  public Browsers(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    // Its sandbox does not start for root, as which containers run tests.
    arguments.addAll(List.of("--no-sandbox", "--disable-gpu"));
    Path chromium = chromium();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(chromium).setArgs(arguments));
  }

  public Browser browser() {
    return browser;
  }

  /** Signs the first admin in at a dashboard; returns the storage of the browser that is so. */
  String signedIn(String url) {
    try (BrowserContext context = browser.newContext()) {
      Page page = context.newPage();
      page.navigate(url + "/sign-in");
      signIn(page, TestDashboard.ADMIN, TestDashboard.PASSWORD);
      assertThat(page).hasURL(url + "/");
      return context.storageState();
    }
  }

  /** Fills the form of a page that asks to sign in, and sends it. */
  public static void signIn(Page page, String user, String password) {
    page.locator("#email").fill(user);
    page.locator("#password").fill(password);
    page.locator("button[type=submit]").click();
  }

  /** For people to look at, who ask for it: all of them take half a minute. */
  static void shoot(Page page, String name) {
    if (Boolean.getBoolean("rekindle.screenshots")) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(Path.of("target/screenshots", name + ".png"))
              .setFullPage(true));
    }
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }

  private static Path chromium() {
    String named = System.getenv("REKINDLE_CHROMIUM");
    if (named != null) {
      return Path.of(named);
    }
    List<Path> looked = new ArrayList<>();
    for (String folder : System.getenv("PATH").split(":", -1)) {
      for (String name : NAMES) {
        Path path = Path.of(folder, name);
        if (Files.isExecutable(path)) {
          return path;
        }
        looked.add(path);
      }
    }
    throw new IllegalStateException(
        "These tests drive Chromium, and there is none on the PATH: install it (Debian: apt-get"
            + " install chromium), or name it in REKINDLE_CHROMIUM. Looked for "
            + looked);
  }
}
