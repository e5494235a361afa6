package io.rekindle.email.compose;

import java.util.List;
import java.util.function.LongFunction;

/**
 * The grammatical number that a whole number asks for, by the plural rules of Unicode CLDR 46. Java
 * has none.
 *
 * @see <a href="https://www.unicode.org/cldr/charts/46/supplemental/language_plural_rules.html">the
 *     rules</a>
 */
final class PluralRule {

  /** English, German, Dutch. */
  private static final PluralRule ONE_OTHER =
      new PluralRule(List.of("one", "other"), n -> n == 1 ? "one" : "other");

  /** Spanish and Italian: a million takes "de" or "di" before the noun. */
  private static final PluralRule ONE_MANY_OTHER =
      new PluralRule(List.of("one", "many", "other"), n -> n == 1 ? "one" : millions(n));

  /** French and Portuguese: zero is singular. */
  private static final PluralRule ZERO_IS_ONE =
      new PluralRule(List.of("one", "many", "other"), n -> n == 0 || n == 1 ? "one" : millions(n));

  private static final PluralRule POLISH =
      new PluralRule(List.of("one", "few", "many"), n -> n == 1 ? "one" : fewOrMany(n));

  private static final long MILLION = 1_000_000;

  private final List<String> categories;
  private final LongFunction<String> rule;

  private PluralRule(List<String> categories, LongFunction<String> rule) {
    this.categories = categories;
    this.rule = rule;
  }

  /**
   * The rule of a language.
   *
   * @param language ISO 639-1 code of a language of emails
   */
  static PluralRule of(String language) {
    return switch (language) {
      case "de", "en", "nl" -> ONE_OTHER;
      case "es", "it" -> ONE_MANY_OTHER;
      case "fr", "pt" -> ZERO_IS_ONE;
      case "pl" -> POLISH;
      default -> throw new IllegalArgumentException("no plural rule for " + language);
    };
  }

  /** Every category that a whole number can have. */
  List<String> categories() {
    return categories;
  }

  /** The category of a number that is not negative, such as {@code few}. */
  String category(long number) {
    return rule.apply(number);
  }

  private static String millions(long number) {
    return number != 0 && number % MILLION == 0 ? "many" : "other";
  }

  private static String fewOrMany(long number) {
    long ones = number % 10;
    long tens = number % 100;
    return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? "few" : "many";
  }
}
