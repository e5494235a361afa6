package io.rekindle.platform.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of durations in all settings: a whole number and one unit, such as {@code 10 s}. The
 * units are {@code ms}, {@code s}, {@code min}, {@code h} and {@code d} (24 hours).
 */
public final class Durations {

  private static final Pattern GRAMMAR = Pattern.compile("(\\d{1,12})\\s*(ms|s|min|h|d)");

  /** From the longest to the shortest. */
  private static final Map<String, ChronoUnit> UNITS = new LinkedHashMap<>();

  static {
    UNITS.put("d", ChronoUnit.DAYS);
    UNITS.put("h", ChronoUnit.HOURS);
    UNITS.put("min", ChronoUnit.MINUTES);
    UNITS.put("s", ChronoUnit.SECONDS);
    UNITS.put("ms", ChronoUnit.MILLIS);
  }

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is not in the grammar
   */
  public static Duration parse(String text) {
    Matcher matcher = GRAMMAR.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration such as 10 s: " + text);
    }
    return Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)));
  }

  /** Writes a duration in the longest unit that divides it. It drops fractions of a millisecond. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    for (Map.Entry<String, ChronoUnit> unit : UNITS.entrySet()) {
      long unitMillis = unit.getValue().getDuration().toMillis();
      if (millis != 0 && millis % unitMillis == 0) {
        return millis / unitMillis + " " + unit.getKey();
      }
    }
    return millis + " ms";
  }
}
