package io.rekindle.platform.text;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills {@code {{name}}} in texts that come with the program. */
public final class Placeholders {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private Placeholders() {}

  /**
   * In one pass, so that a value that looks like a placeholder stays what it is.
   *
   * @throws IllegalStateException if a placeholder has no value
   */
  public static String fill(String template, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            placeholder -> {
              String value = values.get(placeholder.group(1));
              if (value == null) {
                throw new IllegalStateException("no value for " + placeholder.group());
              }
              return Matcher.quoteReplacement(value);
            });
  }
}
