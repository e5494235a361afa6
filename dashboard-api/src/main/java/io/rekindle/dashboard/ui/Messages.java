package io.rekindle.dashboard.ui;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of the dashboard, by key. Immutable. */
public final class Messages {

  private static final String BUNDLE = "io.rekindle.dashboard.messages";
  private static final Pattern NUMBERED = Pattern.compile("(.+_)(\\d{1,9})");

  private final ResourceBundle bundle;
  private final Locale locale;

  public Messages(Locale locale) {
    this.bundle =
        ResourceBundle.getBundle(
            BUNDLE,
            locale,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    this.locale = locale;
  }

  /**
   * A text.
   *
   * @param arguments for {@code {0}} and so on; numbers are written as the locale has them
   * @throws MissingResourceException if there is no such text
   */
  public String get(String key, Object... arguments) {
    String text = bundle.getString(key);
    return arguments.length == 0 ? text : new MessageFormat(text, locale).format(arguments);
  }

  /**
   * The name of a machine's code, such as {@code segment.CANT_LOSE}. A code with a number at its
   * end, such as {@code HTTP_503}, may have the text of its beginning, which then receives the
   * number. A code without a text is returned as it is, since another system may have written it.
   */
  public String name(String kind, String code) {
    String key = kind + '.' + code;
    if (bundle.containsKey(key)) {
      return bundle.getString(key);
    }
    Matcher numbered = NUMBERED.matcher(key);
    return numbered.matches() && bundle.containsKey(numbered.group(1))
        ? get(numbered.group(1), numbered.group(2))
        : code;
  }

  public boolean has(String key) {
    return bundle.containsKey(key);
  }

  /** The texts whose keys begin so, by the rest of the key. */
  public SortedMap<String, String> under(String prefix) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String key : bundle.keySet()) {
      if (key.startsWith(prefix)) {
        texts.put(key.substring(prefix.length()), bundle.getString(key));
      }
    }
    return texts;
  }

  public Locale locale() {
    return locale;
  }
}
