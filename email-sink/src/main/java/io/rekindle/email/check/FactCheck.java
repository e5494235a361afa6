package io.rekindle.email.check;

import io.rekindle.email.CheckResult;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.Phrases;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a text about one client may claim: the number of their orders, the average value of them,
 * the date of the last one, and what the variant's offer says. Every other number, price,
 * percentage, code, date and promise is invented.
 *
 * <p>This reads words, not meaning. What may be meant well or as an offer is refused: that costs a
 * call and the template's text, an invented discount costs the shop money. What no list and no form
 * covers is not found.
 */
final class FactCheck {

  private static final String NOT_WITHIN_WORD = "(?<![\\p{L}\\p{N}])";
  private static final String NOT_BEFORE_WORD = "(?![\\p{L}\\p{N}])";

  /** With separators of groups and decimals: 1,234.50 and 1.234,50 and 1 234,50. */
  private static final String NUMBER =
      "\\p{Nd}+(?:[.,'’\\u00a0\\u202f]\\p{Nd}+|[ \\u00a0\\u202f]\\p{Nd}{3}(?!\\p{Nd}))*";

  private static final Pattern NUMBERS = Pattern.compile(NUMBER);

  /** ISO 4217 codes and symbols of currencies, and words that are nothing else after a number. */
  private static final String CURRENCY =
      "\\p{Sc}|(?:EUR|USD|GBP|CHF|PLN|JPY|CAD|AUD|NZD|SEK|NOK|DKK|CZK|HUF|BRL|INR|CNY|MXN)\\b";

  private static final String MONEY_WORD =
      "(?i:euros?|dollars?|pounds?|cents?|francs?|złot\\p{L}*|zł|bucks?|quid|reais|pesos?)\\b";

  private static final Pattern PRICE =
      Pattern.compile(
          "(?:(?<before>%1$s) ?(?<after>%2$s)|(?<first>%2$s) ?(?:%1$s|%3$s)|(?<lone>%1$s))"
              .formatted(CURRENCY, NUMBER, MONEY_WORD));

  private static final Pattern PERCENT =
      Pattern.compile(
          "(?<number>%s)?\\s*(?:[%%‰٪﹪％]|(?i:per ?cents?|percentage|prozent|pour ?cents?|por ?cien(?:to)?|per ?cento|procent\\p{L}*|por ?cento)\\b)"
              .formatted(NUMBER),
          Pattern.UNICODE_CHARACTER_CLASS);

  /** SAVE20, but not 12th; or a word of capitals that is long enough not to be a country. */
  private static final Pattern CODE =
      Pattern.compile(
          "(?<![\\p{L}\\p{Nd}])(?:(?=\\p{L}*\\p{Nd})(?!\\p{Nd}+(?:st|nd|rd|th|er|e|è|ème|º|ª|o|a|s)?(?![\\p{L}\\p{Nd}]))[\\p{L}\\p{Nd}][\\p{L}\\p{Nd}_-]*[\\p{L}\\p{Nd}]|\\p{Lu}{4,})(?![\\p{L}\\p{Nd}])");

  private static final Pattern COUNTED =
      Pattern.compile(
          "\\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
              + "|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
              + "|ninety|hundred|dozen)\\s+(?:more\\s+)?"
              + "(orders?|times?|purchases?|days?|weeks?|months?|years?|hours?|percent|euros?"
              + "|dollars?|pounds?)\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Map<String, Integer> WORDS =
      Map.ofEntries(
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("eight", 8),
          Map.entry("nine", 9),
          Map.entry("ten", 10),
          Map.entry("eleven", 11),
          Map.entry("twelve", 12),
          Map.entry("thirteen", 13),
          Map.entry("fourteen", 14),
          Map.entry("fifteen", 15),
          Map.entry("sixteen", 16),
          Map.entry("seventeen", 17),
          Map.entry("eighteen", 18),
          Map.entry("nineteen", 19),
          Map.entry("twenty", 20),
          Map.entry("thirty", 30),
          Map.entry("forty", 40),
          Map.entry("fifty", 50),
          Map.entry("sixty", 60),
          Map.entry("seventy", 70),
          Map.entry("eighty", 80),
          Map.entry("ninety", 90),
          Map.entry("hundred", 100),
          Map.entry("dozen", 12));

  /** English months that are words besides: dates only behind one of these. */
  private static final Set<Month> ALSO_WORDS = Set.of(Month.MARCH, Month.MAY);

  private static final String OF_A_MONTH =
      "(?i:in|of|by|until|till|since|before|after|from|this|last|next|early|late|mid|\\p{Nd}+(?:st|nd|rd|th)?)";

  /** Free of what, so that an offer of one thing does not make another one free. */
  private static final Pattern FREE =
      Pattern.compile(
          NOT_WITHIN_WORD + "(?i:free)" + NOT_BEFORE_WORD + "(?:[\\s\\p{Z}\\p{Pd}]+\\p{L}+)?");

  private static final Pattern FEEL_FREE = Pattern.compile("(?i)\\bfeel\\s+free\\s+to\\b");

  /** How far from an amount a word is looked for that makes it a reduction. */
  private static final int BESIDE = 25;

  private static final Pattern END_OF_SENTENCE = Pattern.compile("[.!?;](?!\\p{Nd})|\\n");

  // Most texts claim nothing: these say so at a fraction of the price of those that find what.
  private static final Pattern MAYBE_PRICE = Pattern.compile("[\\p{Sc}\\p{Nd}]|[A-Z]{3}");
  private static final Pattern MAYBE_PERCENT =
      Pattern.compile("[%‰٪﹪％]|(?i:cent|prozent|procent|cien)");
  private static final Map<String, Phrases> MAYBE_MONTHS = new ConcurrentHashMap<>();
  private static final Map<String, Pattern> MONTHS = new ConcurrentHashMap<>();

  /** Looked up once: the platform takes milliseconds for each. */
  private static final Map<String, String> MONTH_NAMES = new ConcurrentHashMap<>();

  private static final Pattern FULL_STOP = Pattern.compile("\\.$");
  private static final String SPACE = " ";
  private static final Pattern WHITE = Pattern.compile("\\s+");

  private final Language language;
  private final Set<String> names;
  private final BigInteger orderCount;
  private final BigDecimal averageOrderValue;
  private final LocalDate lastOrder;
  private final Pattern lastOrderWritten;
  private final Pattern namesWritten;
  private final Set<String> offered;

  /**
   * @param names what may be named although it has digits or capitals: the shop and the categories
   */
  FactCheck(Language language, EmailFacts facts, List<String> names, String offer) {
    this.language = language;
    this.names = Set.copyOf(names);
    this.orderCount = BigInteger.valueOf(facts.orderCount());
    this.averageOrderValue = facts.averageOrderValue();
    this.lastOrder =
        facts.lastOrderAt() == null ? null : facts.lastOrderAt().atZone(facts.zone()).toLocalDate();
    this.lastOrderWritten = lastOrder == null ? null : writings(lastOrder, language);
    this.namesWritten = literals(this.names);
    this.offered = offer == null ? Set.of() : claims(offer);
  }

  /** One check of each kind, over all texts together. */
  List<CheckResult> check(List<String> texts) {
    List<String> stripped = texts.stream().map(this::withoutFacts).toList();
    return List.of(
        check("no-price", stripped, this::prices),
        check("no-percentage", stripped, FactCheck::percentages),
        check("no-code", stripped, FactCheck::codes),
        check("no-date", stripped, text -> dates(text, language)),
        check("no-promise", stripped, this::promises),
        check("numbers", stripped, this::numbers));
  }

  private CheckResult check(String name, List<String> texts, Finder finder) {
    String found =
        texts.stream()
            .flatMap(text -> finder.find(text).stream())
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
    Set<String> claims = new HashSet<>();
    Stream.<Finder>of(
            this::prices,
            FactCheck::percentages,
            FactCheck::codes,
            text -> dates(text, language),
            this::promises,
            this::numbers)
        .flatMap(finder -> finder.find(offer).stream())
        .map(FactCheck::normal)
        .forEach(claims::add);
    return claims;
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

  private static List<String> dates(String text, Language language) {
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

  private List<String> numbers(String text) {
    List<String> found = new ArrayList<>();
    Matcher number = NUMBERS.matcher(text);
    while (number.find()) {
      if (!isFact(number.group()) || isReduction(text, number)) {
        found.add(number.group());
      }
    }
    if (language.equals(Language.ENGLISH)) {
      Matcher counted = COUNTED.matcher(text);
      while (counted.find()) {
        boolean ofOrders =
            counted.group(2).toLowerCase(Locale.ROOT).matches("(order|time|purch).*");
        int value = WORDS.get(counted.group(1).toLowerCase(Locale.ROOT));
        if (!ofOrders || !BigInteger.valueOf(value).equals(orderCount)) {
          found.add(counted.group());
        }
      }
    }
    return found;
  }

  /** Whether the amount is said to be taken off, in the same sentence and close by. */
  private boolean isReduction(String text, MatchResult amount) {
    String before = text.substring(Math.max(0, amount.start() - BESIDE), amount.start());
    String after = text.substring(amount.end(), Math.min(text.length(), amount.end() + BESIDE));
    String[] earlier = END_OF_SENTENCE.split(before, -1);
    return language.less().occurIn(earlier[earlier.length - 1])
        || language.less().occurIn(END_OF_SENTENCE.split(after, -1)[0]);
  }

  private boolean isFact(String number) {
    BigDecimal value = value(number);
    return value != null
        && (isAverageOrderValue(number)
            || value.compareTo(new BigDecimal(orderCount)) == 0
            || (lastOrder != null && digits(number).equals(Integer.toString(lastOrder.getYear()))));
  }

  /** Exactly, or to the unit. */
  private boolean isAverageOrderValue(String number) {
    BigDecimal value = value(number);
    return value != null
        && averageOrderValue != null
        && (value.compareTo(averageOrderValue) == 0
            || value.compareTo(averageOrderValue.setScale(0, RoundingMode.HALF_UP)) == 0
            || value.compareTo(averageOrderValue.setScale(0, RoundingMode.DOWN)) == 0);
  }

  /**
   * The number that is written in any of the usual ways: the last separator is of decimals if one
   * or two digits follow, all others are of groups of three.
   *
   * @return null if it is none
   */
  static BigDecimal value(String number) {
    String[] parts = digits(number).split("[^0-9]+", -1);
    int last = parts.length - 1;
    boolean decimals = last > 0 && parts[last].length() <= 2;
    StringBuilder whole = new StringBuilder(parts[0]);
    for (int i = 1; i <= (decimals ? last - 1 : last); i++) {
      if (parts[i].length() != 3) {
        return null;
      }
      whole.append(parts[i]);
    }
    if (whole.length() > 15) {
      return null;
    }
    return new BigDecimal(decimals ? whole + "." + parts[last] : whole.toString());
  }

  /** The same with ASCII digits. */
  private static String digits(String number) {
    StringBuilder ascii = new StringBuilder(number.length());
    number
        .codePoints()
        .forEach(
            c -> {
              if (Character.isDigit(c)) {
                ascii.append(Character.digit(c, 10));
              } else {
                ascii.appendCodePoint(c);
              }
            });
    return ascii.toString();
  }

  /**
   * The usual ways to write a date in a language, the year or the day left out, too. The month
   * alone is the one of the date only behind a word that looks back: "until March" is another one.
   */
  private static Pattern writings(LocalDate date, Language language) {
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
    return Pattern.compile(
        NOT_WITHIN_WORD
            + "(?:"
            + String.join(
                "|",
                "(?:" + since + ")?" + day + of + month + "(?:" + of + year + ")?",
                "(?:" + since + ")?" + month + "\\s+" + day + "(?:,?\\s+" + year + ")?",
                "(?:" + since + ")?" + month + "(?:" + of + year + ")",
                since + month,
                year + "-0?" + date.getMonthValue() + "-0?" + date.getDayOfMonth(),
                "0?" + date.getDayOfMonth() + "([./-])\\s?" + monthOfYear + "\\1\\s?" + shortYear,
                monthOfYear + "([./-])0?" + date.getDayOfMonth() + "\\2" + shortYear,
                monthOfYear + "/" + year)
            + ")"
            + NOT_BEFORE_WORD,
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
    return Pattern.compile(
        NOT_WITHIN_WORD + "(?:" + String.join("|", names) + ")" + NOT_BEFORE_WORD,
        Pattern.UNICODE_CASE);
  }

  private static Pattern literals(Set<String> names) {
    String any =
        names.stream()
            .filter(name -> name.length() >= 3)
            .sorted((a, b) -> b.length() - a.length())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return any.isEmpty()
        ? null
        : Pattern.compile(
            NOT_WITHIN_WORD + "(?:" + any + ")" + NOT_BEFORE_WORD,
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  @FunctionalInterface
  private interface Finder {
    List<String> find(String text);
  }
}
