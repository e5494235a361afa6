package io.rekindle.email.compose;

import io.rekindle.email.SingleLine;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Decides which of a client's own words an email may repeat and a prompt may have. Any user can
 * type any name or category.
 */
public final class SafeFacts {

  /** Most categories of an email or a prompt. */
  static final int MAX_CATEGORIES = 5;

  private static final int MAX_NAME = 30;
  private static final int MAX_CATEGORY = 40;
  private static final int MAX_DIGITS = 4;

  /** "Anna 2nd" is a name, a telephone number is not. */
  private static final int MAX_DIGITS_OF_NAME = 2;

  private static final int MAX_PROMISING_WORDS = 3;

  /** Characters of a text that are read; the rest could only be cut off. */
  private static final int MAX_READ = 2_000;

  /** Text that mail programs turn into a link, and placeholders of the templates. */
  private static final Pattern LINK =
      Pattern.compile("[{}]|://|@|\\bwww\\.|[\\p{L}\\p{N}]\\.\\p{L}{2,}", Pattern.CASE_INSENSITIVE);

  /** Characters with a meaning in HTML, Markdown, JSON or a shell, but not in a category. */
  private static final Pattern MARKUP = Pattern.compile("[<>\\[\\]\\\\|`*_#~^=$%\"“”„«»:;]+");

  /** Names of people need joiners in some scripts; in a category they could only hide text. */
  private static final Pattern JOINERS = Pattern.compile("[\\u200C\\u200D]");

  private static final Pattern PRICE = Pattern.compile("[%‰٪﹪％\\p{Sc}]");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private SafeFacts() {}

  /**
   * Returns the name on one line; empty if it is unknown or unsafe. A user who chose an unsafe name
   * could otherwise write subjects of the shop.
   */
  public static String name(String name, Language language) {
    String plain = plain(name, MAX_NAME);
    String visible = JOINERS.matcher(plain).replaceAll("");
    boolean advertises =
        digits(visible) > MAX_DIGITS_OF_NAME
            || PRICE.matcher(visible).find()
            || language.promises().occurIn(visible);
    return advertises ? "" : plain;
  }

  /** The categories that can be named, dearest first, without repetition. */
  public static List<String> categories(List<String> categories, Language language) {
    return categories.stream()
        .limit(100)
        .map(category -> category(category, language))
        .filter(category -> !category.isEmpty())
        .distinct()
        .limit(MAX_CATEGORIES)
        .toList();
  }

  private static String category(String category, Language language) {
    if (category == null || PRICE.matcher(head(category)).find()) {
      return "";
    }
    String visible = JOINERS.matcher(head(category)).replaceAll("");
    String plain = plain(MARKUP.matcher(visible).replaceAll(" "), MAX_CATEGORY);
    // "Gifts" is a shelf, "a free gift for all who reply" is not.
    boolean promises =
        language.promises().occurIn(plain) && SPACE.split(plain).length > MAX_PROMISING_WORDS;
    boolean named = plain.codePoints().anyMatch(Character::isLetter);
    return named && digits(plain) <= MAX_DIGITS && !promises ? plain : "";
  }

  /** Whether a mail program or a reader would take a part of the text for an address. */
  public static boolean hasLink(String text) {
    return LINK.matcher(text).find();
  }

  private static long digits(String text) {
    return text.codePoints().filter(Character::isDigit).count();
  }

  private static String plain(String text, int limit) {
    String line = SingleLine.of(text == null ? null : head(text), limit);
    boolean says = line.codePoints().anyMatch(Character::isLetterOrDigit);
    return says && !hasLink(line) ? line : "";
  }

  private static String head(String text) {
    return text.length() <= MAX_READ ? text : text.substring(0, MAX_READ);
  }
}
