package io.rekindle.email.compose;

import io.rekindle.platform.text.Placeholders;
import io.rekindle.platform.text.Resources;
import java.text.NumberFormat;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The sentences of the template in one language, which are the files {@code template/*.properties}.
 */
final class TemplateTexts {

  /** The words of the categories that have an invitation of their own, in their order. */
  private static final Map<String, Pattern> CATEGORIES = categories();

  private static final Map<String, TemplateTexts> ALL = all();

  private final Language language;
  private final Properties texts;
  private final PluralRule plurals;
  private final DateTimeFormatter month;

  private TemplateTexts(Language language) {
    this.language = language;
    this.texts =
        Resources.properties(TemplateTexts.class, "template/" + language.code() + ".properties");
    this.plurals = PluralRule.of(language.code());
    this.month = DateTimeFormatter.ofPattern(get("month"), language.locale());
  }

  private static Map<String, TemplateTexts> all() {
    Map<String, TemplateTexts> all = new HashMap<>();
    for (Language language : Language.all()) {
      all.put(language.code(), new TemplateTexts(language));
    }
    return Map.copyOf(all);
  }

  private static Map<String, Pattern> categories() {
    Properties words = Resources.properties(TemplateTexts.class, "template/categories.properties");
    Map<String, Pattern> categories = new LinkedHashMap<>();
    for (String key : words.getProperty("order").split("\\s*,\\s*", -1)) {
      categories.put(
          key,
          Pattern.compile(
              "\\b(" + words.getProperty(key) + ")\\b",
              Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS));
    }
    return categories;
  }

  static TemplateTexts of(Language language) {
    return ALL.get(language.code());
  }

  /** The keys of the categories that have an invitation of their own. */
  static Iterable<String> categoryKeys() {
    return CATEGORIES.keySet();
  }

  /**
   * A text with its placeholders filled.
   *
   * @param values a name, its value, the next name, and so on
   */
  String get(String key, String... values) {
    String text = texts.getProperty(key);
    if (text == null) {
      throw new IllegalStateException("the template has no " + key + " in " + language.name());
    }
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < values.length; i += 2) {
      named.put(values[i], values[i + 1]);
    }
    return Placeholders.BRACES.fill(text, named);
  }

  /** The form of a text that a number asks for, with {@code {{count}}} in it. */
  String plural(String key, long number, String... values) {
    String[] all = new String[values.length + 2];
    System.arraycopy(values, 0, all, 0, values.length);
    all[values.length] = "count";
    all[values.length + 1] = NumberFormat.getIntegerInstance(language.locale()).format(number);
    return get(key + "." + plurals.category(number), all);
  }

  String month(LocalDate day) {
    return month.format(day);
  }

  /** A sentence about a category; the general one for a category with unknown words. */
  String invitation(String category) {
    for (Map.Entry<String, Pattern> known : CATEGORIES.entrySet()) {
      if (known.getValue().matcher(category).find()) {
        return get("invitation." + known.getKey());
      }
    }
    return get("invitation");
  }
}
