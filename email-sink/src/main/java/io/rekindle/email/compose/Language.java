package io.rekindle.email.compose;

import io.rekindle.platform.text.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A language of emails, with the words of the layout and the data of the checks. Other languages
 * are not supported, since the checks could not find promises in such a text.
 *
 * @param code ISO 639-1
 * @param name in English
 * @param because why the reader gets the email; {@code {{shop}}} in it stands for the shop's name
 * @param items heading over suggestions
 * @param stopWords the most frequent words, lower case
 * @param promises finds promises of a shop, English ones included, since models mix them in
 * @param weekdays finds names of weekdays, English ones included
 * @param since words before a month that look back, lower case
 * @param less finds words that make an amount beside them a reduction, English ones included
 */
public record Language(
    String code,
    String name,
    String because,
    String unsubscribe,
    String items,
    Set<String> stopWords,
    Phrases promises,
    Phrases weekdays,
    Set<String> since,
    Phrases less) {

  private static final Map<String, Language> ALL =
      Stream.of("de", "en", "es", "fr", "it", "nl", "pl", "pt")
          .map(Language::load)
          .collect(Collectors.toMap(Language::code, l -> l, (a, b) -> a, TreeMap::new));

  public static final Language ENGLISH = ALL.get("en");

  /** Every language, in the order of their codes. */
  public static List<Language> all() {
    return List.copyOf(ALL.values());
  }

  /** The language of a locale as shops store it, such as de-AT or de_AT; English if in doubt. */
  public static Language of(String locale) {
    if (locale == null) {
      return ENGLISH;
    }
    String code = Locale.forLanguageTag(locale.replace('_', '-')).getLanguage();
    return ALL.getOrDefault(code, ENGLISH);
  }

  public Locale locale() {
    return Locale.forLanguageTag(code);
  }

  private static Language load(String code) {
    Properties texts = properties(code);
    return new Language(
        code,
        text(texts, "name"),
        text(texts, "because"),
        text(texts, "unsubscribe"),
        text(texts, "items"),
        Set.copyOf(list(texts, "stop")),
        withEnglish(code, texts, "promise"),
        withEnglish(code, texts, "weekdays"),
        Set.copyOf(list(texts, "since")),
        withEnglish(code, texts, "less"));
  }

  private static Phrases withEnglish(String code, Properties texts, String key) {
    List<String> phrases = list(texts, key);
    if (!code.equals("en")) {
      phrases.addAll(list(properties("en"), key));
    }
    return new Phrases(phrases);
  }

  private static Properties properties(String code) {
    return Resources.properties(Language.class, "languages/" + code + ".properties");
  }

  private static String text(Properties texts, String key) {
    String text = texts.getProperty(key);
    if (text == null) {
      throw new IllegalStateException("a language has no " + key);
    }
    return text;
  }

  private static List<String> list(Properties texts, String key) {
    return new ArrayList<>(List.of(text(texts, key).split("\\s*,\\s*")));
  }
}
