package io.rekindle.email.check;

import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.Phrases;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds dates in texts of all languages, by the names of weekdays and months. */
final class DateForms {

  /** English months that are also other words. */
  private static final Set<Month> ALSO_WORDS = Set.of(Month.MARCH, Month.MAY);

  /** Such a word means the month only behind one of these. */
  private static final String OF_A_MONTH =
      "(?i:in|of|by|until|till|since|before|after|from|this|last|next|early|late|mid|\\p{Nd}+(?:st|nd|rd|th)?)";

  private static final Map<String, Phrases> MAYBE_MONTHS = new ConcurrentHashMap<>();
  private static final Map<String, Pattern> MONTHS = new ConcurrentHashMap<>();

  /** Looked up once: the platform takes milliseconds for each. */
  private static final Map<String, String> MONTH_NAMES = new ConcurrentHashMap<>();

  private static final Pattern FULL_STOP = Pattern.compile("\\.$");

  private DateForms() {}

  /** Everything in a text that may name a date. */
  static List<String> find(String text, Language language) {
    List<String> found = new ArrayList<>(language.weekdays().find(text));
    if (MAYBE_MONTHS.computeIfAbsent(language.code(), code -> anyMonth(language)).occurIn(text)) {
      MONTHS
          .computeIfAbsent(language.code(), code -> months(language))
          .matcher(text)
          .results()
          .map(MatchResult::group)
          .forEach(found::add);
    }
    return found;
  }

  /**
   * The usual ways to write a date in a language, also without the year or the day. The month alone
   * counts only behind a word that looks back: "until March" names another date.
   */
  static Pattern of(LocalDate date, Language language) {
    Locale locale = language.locale();
    String since =
        language.since().stream()
            .map(Pattern::quote)
            .collect(Collectors.joining("|", "(?:", ")\\s+"));
    String month =
        MONTH_NAMES.computeIfAbsent(
            locale.getLanguage() + date.getMonthValue(), key -> names(date.getMonth(), locale));
    String day = "0?" + date.getDayOfMonth() + "(?:st|nd|rd|th|er|º|\\.)?";
    String monthOfYear = "0?" + date.getMonthValue();
    String year = Integer.toString(date.getYear());
    String shortYear = "(?:" + year + "|" + year.substring(2) + ")";
    String of = "(?:,?\\s+(?:of\\s+|de\\s+|del\\s+|do\\s+)?)";
    return WholeWords.of(
        String.join(
            "|",
            "(?:" + since + ")?" + day + of + month + "(?:" + of + year + ")?",
            "(?:" + since + ")?" + month + "\\s+" + day + "(?:,?\\s+" + year + ")?",
            "(?:" + since + ")?" + month + "(?:" + of + year + ")",
            since + month,
            year + "-0?" + date.getMonthValue() + "-0?" + date.getDayOfMonth(),
            "0?" + date.getDayOfMonth() + "([./-])\\s?" + monthOfYear + "\\1\\s?" + shortYear,
            monthOfYear + "([./-])0?" + date.getDayOfMonth() + "\\2" + shortYear,
            monthOfYear + "/" + year),
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  private static String names(Month month, Locale locale) {
    return Stream.of(
            TextStyle.FULL, TextStyle.FULL_STANDALONE, TextStyle.SHORT, TextStyle.SHORT_STANDALONE)
        .map(style -> FULL_STOP.matcher(month.getDisplayName(style, locale)).replaceAll(""))
        .filter(name -> name.codePoints().allMatch(Character::isLetter))
        .distinct()
        .map(Pattern::quote)
        .collect(Collectors.joining("|", "(?:", ")\\.?"));
  }

  private static Phrases anyMonth(Language language) {
    return new Phrases(
        Stream.of(Month.values())
            .flatMap(
                month ->
                    Stream.of(
                        month.getDisplayName(TextStyle.FULL, language.locale()),
                        month.getDisplayName(TextStyle.FULL_STANDALONE, language.locale())))
            .distinct()
            .toList());
  }

  private static Pattern months(Language language) {
    Set<String> names = new LinkedHashSet<>();
    for (Month month : Month.values()) {
      boolean word = language.equals(Language.ENGLISH) && ALSO_WORDS.contains(month);
      for (TextStyle style : List.of(TextStyle.FULL, TextStyle.FULL_STANDALONE)) {
        String name = Pattern.quote(month.getDisplayName(style, language.locale()));
        String english = Pattern.quote(month.getDisplayName(style, Locale.ENGLISH));
        names.add(word ? OF_A_MONTH + "\\s+" + english : "(?i:" + name + ")");
      }
    }
    return WholeWords.of(String.join("|", names), Pattern.UNICODE_CASE);
  }
}
