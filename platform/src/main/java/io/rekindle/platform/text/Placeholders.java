package io.rekindle.platform.text;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fills named placeholders in the program's own texts, by their notation. */
public enum Placeholders {
  /** Notation {@code {{name}}}: letters, digits and underscores; the notation of email layouts. */
  BRACES("\\{\\{(\\w+)}}"),

  /** Notation {@code ${name}}: lower-case letters and dots; for the connector's settings. */
  DOTTED("\\$\\{([a-z.]+)}"),

  /** Notation {@code ${NAME}}: capitals and underscores; for the configuration of servers. */
  CAPITALS("\\$\\{([A-Z][A-Z_]*)}");

  private final Pattern pattern;

  Placeholders(String pattern) {
    this.pattern = Pattern.compile(pattern);
  }

  /** The names of a template's placeholders, sorted. */
  public Set<String> names(String template) {
    return pattern
        .matcher(template)
        .results()
        .map(placeholder -> placeholder.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Fills a template in one pass, so a value in the form of a placeholder stays unchanged.
   *
   * @throws IllegalArgumentException if a placeholder has no value
   */
  public String fill(String template, Map<String, String> values) {
    return pattern.matcher(template).replaceAll(placeholder -> value(placeholder, values));
  }

  private static String value(MatchResult placeholder, Map<String, String> values) {
    String value = values.get(placeholder.group(1));
    if (value == null) {
      throw new IllegalArgumentException("a template needs a value for " + placeholder.group(1));
    }
    return Matcher.quoteReplacement(value);
  }
}
