package io.rekindle.platform.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The valid values of a setting. Immutable.
 *
 * @param expected completes "give …" in a refusal, such as "a whole number from 1 to 10"
 * @param quoted whether a refusal may repeat the text; false if a text may contain a password
 * @param parser reads a stripped text; throws IllegalArgumentException for a wrong one
 * @param <T> type of the values
 */
public record SettingType<T>(String expected, boolean quoted, Function<String, T> parser) {

  private static final String AMOUNT = "\\d{1,9}(\\.\\d{1,6})?";

  /** A type whose texts may be repeated in a refusal. */
  public SettingType(String expected, Function<String, T> parser) {
    this(expected, true, parser);
  }

  /** Any text that is not empty. */
  public static SettingType<String> text() {
    return accepted("a text", text -> !text.isEmpty());
  }

  /** A text for which a condition holds. */
  public static SettingType<String> accepted(String expected, Predicate<String> condition) {
    return new SettingType<>(expected, text -> require(text, condition));
  }

  /** A text that matches a regular expression as a whole. */
  public static SettingType<String> matching(String expected, String regex) {
    return accepted(expected, text -> text.matches(regex));
  }

  /** The name of a host or an IP address. */
  public static SettingType<String> host() {
    return matching("a host name or an IP address", "[A-Za-z0-9.:_-]+");
  }

  /**
   * The JDBC URL of a Postgres database. A refusal does not repeat it, since it may contain a
   * password.
   *
   * @param valid whether the driver accepts a text
   */
  public static SettingType<String> jdbcUrl(Predicate<String> valid) {
    return new SettingType<>(
        "a JDBC URL of Postgres, such as jdbc:postgresql://127.0.0.1:5432/rekindle",
        false,
        text -> require(text, valid));
  }

  /** An absolute http or https URL with a host. */
  public static SettingType<URI> webUrl() {
    return new SettingType<>(
        "a URL with http or https",
        text -> {
          URI uri = URI.create(text);
          boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
          return require(uri, ignored -> web && uri.getHost() != null);
        });
  }

  /** True or false. */
  public static SettingType<Boolean> bool() {
    return new SettingType<>(
        "true or false",
        text -> require(text, given -> given.matches("true|false")).equals("true"));
  }

  /** A whole number within bounds, both included. */
  public static SettingType<Integer> wholeNumber(int min, int max) {
    return new SettingType<>(
        "a whole number from " + min + " to " + max,
        text -> require(Integer.valueOf(text), number -> min <= number && number <= max));
  }

  /** An amount of at least zero with at most six decimals, such as 2.50. */
  public static SettingType<BigDecimal> amount() {
    return new SettingType<>(
        "an amount of at least 0, such as 2.50",
        text -> new BigDecimal(require(text, given -> given.matches(AMOUNT))));
  }

  /** A duration within bounds, both included, in the grammar of {@link Durations}. */
  public static SettingType<Duration> duration(Duration min, Duration max) {
    return new SettingType<>(
        "a duration from %s to %s, in ms, s, min, h or d"
            .formatted(Durations.format(min), Durations.format(max)),
        text ->
            require(
                Durations.parse(text),
                duration -> min.compareTo(duration) <= 0 && duration.compareTo(max) <= 0));
  }

  /** A constant of an enum, written in any case and with dashes for underscores. */
  public static <E extends Enum<E>> SettingType<E> oneOf(Class<E> type) {
    return new SettingType<>(
        Arrays.stream(type.getEnumConstants())
            .map(SettingType::written)
            .collect(Collectors.joining(" or ")),
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> written(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new));
  }

  /** Returns a constant in the spelling of settings. */
  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <V> V require(V value, Predicate<V> condition) {
    if (!condition.test(value)) {
      throw new IllegalArgumentException();
    }
    return value;
  }
}
