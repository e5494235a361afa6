package io.rekindle.dashboard.statistics;

import static java.util.regex.Pattern.quote;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.ui.Messages;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;

/**
 * A page as a viewer reads it, and which of its numbers a test has compared. Numbers of texts that
 * are the same for each shop do not count, nor do instants, which stand in elements of their own.
 */
final class ShownPage {

  /** Digits after a letter belong to a name or an id. */
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\p{L}\\d_@.-])[+−]?\\d+(?:[.,:\\u00a0\\u202f]\\d+)*(?![\\d\\p{L}])");

  /** The contents of fields, and what machines or people wrote. */
  private static final String NO_NUMBERS = "select, textarea, template, pre, code, script";

  private static final Map<Viewer, Pattern> CONSTANTS = new EnumMap<>(Viewer.class);

  /** Words that almost every English sentence has, and no German one. */
  private static final Pattern ENGLISH =
      Pattern.compile("\\b(the|of|and|is|are|not|has|have|been|with|by|to|from|this|that|no)\\b");

  /** A shorter text can be a part of another: it counts only if it stands alone. */
  private static final int SENTENCE = 20;

  private final Viewer viewer;
  private final String path;
  private final Element main;
  private final Pattern constants;
  private final Set<TextNode> compared = Collections.newSetFromMap(new IdentityHashMap<>());

  ShownPage(String path, String html, Viewer viewer) {
    Document document = Jsoup.parse(html);
    assertThat(document.selectFirst("html").attr("data-zone")).isEqualTo(viewer.zone());
    this.viewer = viewer;
    this.path = path;
    this.main = document.selectFirst("main");
    this.constants = CONSTANTS.computeIfAbsent(viewer, ShownPage::constants);
    main.select(NO_NUMBERS).remove();
    for (Element time : main.select("time")) {
      assertIsInZoneOf(viewer, time);
      time.empty();
    }
  }

  /** A time without its distance from now is in the viewer's own zone. */
  private static void assertIsInZoneOf(Viewer viewer, Element time) {
    DateTimeFormatter format =
        switch (time.attr("data-style")) {
          case "time" ->
              DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT);
          case "date" -> DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM);
          case "clock" -> DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM);
          default -> null;
        };
    if (format != null) {
      assertThat(time.text())
          .isEqualTo(
              format
                  .withLocale(viewer.locale())
                  .withZone(ZoneId.of(viewer.zone()))
                  .format(Instant.parse(time.attr("datetime"))));
    }
  }

  /** An element; of several, the first. */
  Element one(String selector) {
    Element found = main.selectFirst(selector);
    assertThat(found).as(path + " has " + selector).isNotNull();
    return found;
  }

  List<Element> all(String selector) {
    return main.select(selector);
  }

  /** Whether the numbers in an element are exactly these, in any order. */
  void shows(String selector, Object... expected) {
    shows(one(selector), expected);
  }

  void shows(Element element, Object... expected) {
    List<String> numbers =
        numbers(String.join(" ", Arrays.stream(expected).map(String::valueOf).toList()));
    assertThat(numbers(words(element)))
        .as("%s: numbers in “%s” (%s)", path, element.text(), element.cssSelector())
        .containsExactlyInAnyOrderElementsOf(numbers);
    NodeTraversor.traverse(
        (node, depth) -> {
          if (node instanceof TextNode text) {
            compared.add(text);
          }
        },
        element);
  }

  /** Leaves out elements whose numbers are none of the shop's, for a reason. */
  void given(String selector, String reason) {
    given(main, selector, reason);
  }

  void given(Element element, String selector, String reason) {
    assertThat(reason).isNotBlank();
    element.select(selector).remove();
  }

  /** Fails if the page has numbers that were not compared, or words of another language. */
  void showsNothingElse() {
    assertThat(english()).as(path + ": English texts that are not marked as such").isEmpty();
    List<String> others = new ArrayList<>();
    NodeTraversor.traverse(
        (node, depth) -> {
          if (node instanceof TextNode text
              && !compared.contains(text)
              && !numbers(withoutConstants(text.text())).isEmpty()) {
            others.add("“" + text.text().strip() + "” in " + place((Element) text.parent()));
          }
        },
        main);
    assertThat(others).as(path + ": numbers that no test compares").isEmpty();
  }

  /** Texts with English words; none for an English viewer. */
  private List<String> english() {
    List<String> english = new ArrayList<>();
    if (!viewer.locale().getLanguage().equals("en")) {
      Element copy = main.clone();
      copy.select("[lang=en]").remove();
      NodeTraversor.traverse(
          (node, depth) -> {
            if (node instanceof TextNode text && ENGLISH.matcher(text.text()).find()) {
              english.add(text.text());
            }
          },
          copy);
    }
    return english;
  }

  private static String place(Element element) {
    Element labelled = element;
    while (labelled != null
        && labelled.id().isEmpty()
        && !labelled.hasAttr("data-label")
        && !labelled.hasAttr("aria-labelledby")) {
      labelled = labelled.parent();
    }
    return element.tagName()
        + (labelled == null
            ? ""
            : " of "
                + labelled.id()
                + labelled.attr("data-label")
                + labelled.attr("aria-labelledby"));
  }

  /** The words of an element, with a space between those of its parts. */
  private String words(Element element) {
    StringBuilder words = new StringBuilder();
    NodeTraversor.traverse(
        (node, depth) -> {
          if (node instanceof TextNode text) {
            words.append(withoutConstants(text.text())).append(' ');
          }
        },
        element);
    return words.toString();
  }

  private String withoutConstants(String text) {
    return constants.matcher(text).replaceAll(" ");
  }

  /** The texts that have digits and no arguments, the longest first. */
  private static Pattern constants(Viewer viewer) {
    String texts =
        new Messages(viewer.locale())
            .under("").values().stream()
                .filter(text -> text.matches("(?s).*\\d.*") && !text.contains("{"))
                .map(text -> text.replaceAll("[\\s\\u00a0]+", " ").strip())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(
                    text ->
                        text.length() < SENTENCE ? "^\\s*" + quote(text) + "\\s*$" : quote(text))
                .collect(Collectors.joining("|"));
    return Pattern.compile("(?<![\\d\\p{L}.,])(?:" + texts + ")(?![\\d\\p{L}])");
  }

  static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).toList();
  }
}
