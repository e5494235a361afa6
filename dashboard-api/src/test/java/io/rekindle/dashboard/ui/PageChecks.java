package io.rekindle.dashboard.ui;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is checked of every page in a browser. */
final class PageChecks {

  private static final String AXE = axe();

  private static final String WIDER_THAN_THE_SCREEN =
      """
      () => document.documentElement.scrollWidth <= innerWidth ? []
        : [...document.body.querySelectorAll('*')]
            .filter(element => element.getBoundingClientRect().right > innerWidth)
            .map(element => element.tagName + '.' + element.getAttribute('class') + '#' + element.id)
      """;

  private PageChecks() {}

  /** The elements that make a page wider than the screen; empty if it fits. */
  static List<?> widerThanTheScreen(Page page) {
    return (List<?>) page.evaluate(WIDER_THAN_THE_SCREEN);
  }

  /**
   * The faults that axe finds, as text.
   *
   * @param context what of the page axe looks at, as JavaScript
   * @param rules the names of the only rules to run; none for all
   */
  static List<?> faultsThatAxeFinds(Page page, String context, String... rules) {
    page.evaluate(AXE);
    String only = rules.length == 0 ? "" : ", runOnly: ['" + String.join("', '", rules) + "']";
    return (List<?>)
        page.evaluate(
            """
            () => axe.run(%s, {resultTypes: ['violations']%s}).then(result =>
              result.violations.map(v => v.id + ': ' + v.help + ' at '
                + v.nodes.map(n => n.target.join(' ')).join(', ')))
            """
                .formatted(context, only));
  }

  private static String axe() {
    try (InputStream script = PageChecks.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
