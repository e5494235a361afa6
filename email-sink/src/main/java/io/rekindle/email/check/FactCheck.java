package io.rekindle.email.check;

import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.compose.Language;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds invented claims in a text about one client. A text may give the number of orders, their
 * average value, the date of the last one, and the claims of the variant's offer. Every other
 * number, price, percentage, code, date and promise is invented.
 *
 * <p>The check reads words, not meaning, and refuses text in doubt. A refusal costs one more call
 * or the template's text; an invented discount costs the shop money. The check does not find a
 * promise that is on no list.
 */
final class FactCheck {

  private static final Pattern NUMBER = Pattern.compile(NumberForms.NUMBER);

  /** ISO 4217 codes and symbols of currencies, and words that are nothing else after a number. */
  private static final String CURRENCY =
      "\\p{Sc}|(?:EUR|USD|GBP|CHF|PLN|JPY|CAD|AUD|NZD|SEK|NOK|DKK|CZK|HUF|BRL|INR|CNY|MXN)\\b";

  private static final String MONEY_WORD =
      "(?i:euros?|dollars?|pounds?|cents?|francs?|złot\\p{L}*|zł|bucks?|quid|reais|pesos?)\\b";

  private static final Pattern PRICE =
      Pattern.compile(
          "(?:(?<before>%1$s) ?(?<after>%2$s)|(?<first>%2$s) ?(?:%1$s|%3$s)|(?<lone>%1$s))"
              .formatted(CURRENCY, NumberForms.NUMBER, MONEY_WORD));

  private static final Pattern PERCENT =
      Pattern.compile(
          "(?<number>%s)?\\s*(?:[%%‰٪﹪％]|(?i:per ?cents?|percentage|prozent|pour ?cents?|por ?cien(?:to)?|per ?cento|procent\\p{L}*|por ?cento)\\b)"
              .formatted(NumberForms.NUMBER),
          Pattern.UNICODE_CHARACTER_CLASS);

  /** SAVE20, but not 12th; or a word of capitals that is long enough not to be a country. */
  private static final Pattern CODE =
      Pattern.compile(
          "(?<![\\p{L}\\p{Nd}])(?:(?=\\p{L}*\\p{Nd})(?!\\p{Nd}+(?:st|nd|rd|th|er|e|è|ème|º|ª|o|a|s)?(?![\\p{L}\\p{Nd}]))[\\p{L}\\p{Nd}][\\p{L}\\p{Nd}_-]*[\\p{L}\\p{Nd}]|\\p{Lu}{4,})(?![\\p{L}\\p{Nd}])");

  /** With the next word, so that an offer of one free thing does not make another one free. */
  private static final Pattern FREE =
      Pattern.compile(
          WholeWords.START + "(?i:free)" + WholeWords.END + "(?:[\\s\\p{Z}\\p{Pd}]+\\p{L}+)?");

  private static final Pattern FEEL_FREE = Pattern.compile("(?i)\\bfeel\\s+free\\s+to\\b");

  /** Characters around an amount that may hold a word that makes it a reduction. */
  private static final int BESIDE = 25;

  private static final Pattern END_OF_SENTENCE = Pattern.compile("[.!?;](?!\\p{Nd})|\\n");

  // Most texts claim nothing. These find that out faster than the patterns of the claims.
  private static final Pattern MAYBE_PRICE = Pattern.compile("[\\p{Sc}\\p{Nd}]|[A-Z]{3}");
  private static final Pattern MAYBE_PERCENT =
      Pattern.compile("[%‰٪﹪％]|(?i:cent|prozent|procent|cien)");
  private static final String SPACE = " ";
  private static final Pattern WHITE = Pattern.compile("\\s+");

  private final Language language;
  private final int orderCount;
  private final BigDecimal averageOrderValue;
  private final LocalDate lastOrder;
  private final Pattern lastOrderWritten;
  private final Pattern namesWritten;
  private final Set<String> offered;

  /** Finders of the claims in a text, by the name of their check. */
  private final Map<String, Function<String, List<String>>> finders = new LinkedHashMap<>();

  /**
   * @param names the shop and the categories, which a text may name although they have digits or
   *     capitals
   */
  FactCheck(Language language, EmailFacts facts, List<String> names, String offer) {
    this.language = language;
    this.orderCount = facts.orderCount();
    this.averageOrderValue = facts.averageOrderValue();
    this.lastOrder =
        facts.lastOrderAt() == null ? null : facts.lastOrderAt().atZone(facts.zone()).toLocalDate();
    this.lastOrderWritten = lastOrder == null ? null : DateForms.of(lastOrder, language);
    this.namesWritten = literals(names);
    finders.put("no-price", this::prices);
    finders.put("no-percentage", FactCheck::percentages);
    finders.put("no-code", FactCheck::codes);
    finders.put("no-date", text -> DateForms.find(text, language));
    finders.put("no-promise", this::promises);
    finders.put("numbers", this::numbers);
    this.offered = offer == null ? Set.of() : claims(offer);
  }

  /** One check of each kind, over all texts together. */
  List<CheckResult> check(List<String> texts) {
    List<String> stripped = texts.stream().map(this::withoutFacts).toList();
    return finders.entrySet().stream()
        .map(finder -> check(finder.getKey(), finder.getValue(), stripped))
        .toList();
  }

  private CheckResult check(
      String name, Function<String, List<String>> finder, List<String> texts) {
    String found =
        texts.stream()
            .flatMap(text -> finder.apply(text).stream())
            .filter(claim -> !offered.contains(normal(claim)))
            .distinct()
            .limit(5)
            .collect(Collectors.joining(", "));
    return new CheckResult(name, found.isEmpty(), found.isEmpty() ? null : found);
  }

  private String withoutFacts(String text) {
    String rest = text.replace(LlmDraft.NAME, SPACE);
    if (namesWritten != null) {
      rest = namesWritten.matcher(rest).replaceAll(SPACE);
    }
    return lastOrderWritten == null ? rest : lastOrderWritten.matcher(rest).replaceAll(SPACE);
  }

  /** Everything that the offer claims, in the form in which findings are compared. */
  private Set<String> claims(String offer) {
    return finders.values().stream()
        .flatMap(finder -> finder.apply(offer).stream())
        .map(FactCheck::normal)
        .collect(Collectors.toSet());
  }

  private static String normal(String claim) {
    return WHITE.matcher(claim.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  private List<String> prices(String text) {
    List<String> found = new ArrayList<>();
    if (!MAYBE_PRICE.matcher(text).find()) {
      return found;
    }
    Matcher price = PRICE.matcher(text);
    while (price.find()) {
      String number = price.group("after") != null ? price.group("after") : price.group("first");
      if (number == null || !isAverageOrderValue(number) || isReduction(text, price)) {
        found.add(price.group());
      }
    }
    return found;
  }

  private static List<String> percentages(String text) {
    if (!MAYBE_PERCENT.matcher(text).find()) {
      return List.of();
    }
    return PERCENT.matcher(text).results().map(MatchResult::group).map(String::strip).toList();
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map(MatchResult::group).toList();
  }

  private List<String> promises(String text) {
    String rest = FEEL_FREE.matcher(text).replaceAll(SPACE);
    List<String> found = new ArrayList<>(language.promises().find(rest));
    if (found.removeIf("free"::equalsIgnoreCase)) {
      FREE.matcher(rest).results().map(MatchResult::group).forEach(found::add);
    }
    return found;
  }

  private List<String> numbers(String text) {
    List<String> found = new ArrayList<>();
    Matcher number = NUMBER.matcher(text);
    while (number.find()) {
      if (!isFact(number.group()) || isReduction(text, number)) {
        found.add(number.group());
      }
    }
    if (language.equals(Language.ENGLISH)) {
      Matcher counted = NumberForms.COUNTED.matcher(text);
      while (counted.find()) {
        boolean ofOrders =
            counted.group(2).toLowerCase(Locale.ROOT).matches("(order|time|purch).*");
        if (!ofOrders || NumberForms.count(counted.group(1)) != orderCount) {
          found.add(counted.group());
        }
      }
    }
    return found;
  }

  /** Whether a word close by in the same sentence makes the amount a reduction. */
  private boolean isReduction(String text, MatchResult amount) {
    String before = text.substring(Math.max(0, amount.start() - BESIDE), amount.start());
    String after = text.substring(amount.end(), Math.min(text.length(), amount.end() + BESIDE));
    String[] earlier = END_OF_SENTENCE.split(before, -1);
    return language.less().occurIn(earlier[earlier.length - 1])
        || language.less().occurIn(END_OF_SENTENCE.split(after, -1)[0]);
  }

  private boolean isFact(String number) {
    BigDecimal value = NumberForms.value(number);
    return value != null
        && (isAverageOrderValue(number)
            || value.compareTo(BigDecimal.valueOf(orderCount)) == 0
            || (lastOrder != null
                && NumberForms.digits(number).equals(Integer.toString(lastOrder.getYear()))));
  }

  /** Exactly, or to the unit. */
  private boolean isAverageOrderValue(String number) {
    BigDecimal value = NumberForms.value(number);
    return value != null
        && averageOrderValue != null
        && (value.compareTo(averageOrderValue) == 0
            || value.compareTo(averageOrderValue.setScale(0, RoundingMode.HALF_UP)) == 0
            || value.compareTo(averageOrderValue.setScale(0, RoundingMode.DOWN)) == 0);
  }

  private static Pattern literals(List<String> names) {
    String any =
        names.stream()
            .filter(name -> name.length() >= 3)
            .sorted((a, b) -> b.length() - a.length())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return any.isEmpty()
        ? null
        : WholeWords.of(any, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }
}
