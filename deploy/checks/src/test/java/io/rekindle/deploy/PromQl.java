package io.rekindle.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of PromQL as it takes to say which metrics an expression reads. */
final class PromQl {

  private static final Pattern STRING =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'");
  private static final Pattern LABELS =
      Pattern.compile(
          "\\{[^}]*}|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "by", "without", "on", "group_left");

  /** Those that our files use; a typo in a function's name is found by not being here. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "sum",
          "max",
          "min",
          "count",
          "avg",
          "rate",
          "increase",
          "delta",
          "absent",
          "clamp_min",
          "histogram_quantile",
          "time");

  private PromQl() {}

  /** The names of the metrics that it reads. */
  static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    String bare = RANGE.matcher(expression).replaceAll(" ");
    bare = LABELS.matcher(STRING.matcher(bare).replaceAll("''")).replaceAll(" ");
    Matcher names = NAME.matcher(bare);
    while (names.find()) {
      String name = names.group();
      boolean called = bare.substring(names.end()).stripLeading().startsWith("(");
      boolean number = names.start() > 0 && Character.isDigit(bare.charAt(names.start() - 1));
      if (number || WORDS.contains(name)) {
        continue; // The exponent of a number is no name.
      }
      if (!(called && FUNCTIONS.contains(name))) {
        metrics.add(name);
      }
    }
    return metrics;
  }

  /** Whether brackets and strings are closed. */
  static boolean isBalanced(String expression) {
    String bare = STRING.matcher(expression).replaceAll("");
    return bare.indexOf('"') < 0
        && count(bare, '(') == count(bare, ')')
        && count(bare, '{') == count(bare, '}')
        && count(bare, '[') == count(bare, ']');
  }

  private static long count(String text, char character) {
    return text.chars().filter(c -> c == character).count();
  }
}
