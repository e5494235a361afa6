package io.rekindle.job;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One setting of the job: its name, what it means and how its text is read.
 *
 * <p>The environment variable of a setting is its name in upper case behind {@code REKINDLE_}.
 *
 * @param <T> type of its values
 */
public final class Setting<T> {

  /** Where a value may come from. */
  enum Visibility {
    PUBLIC,
    /** Not from the arguments, which other processes can read, and never printed. */
    SECRET
  }

  /** Reads a value; the message of an exception completes "must be …". */
  @FunctionalInterface
  interface Reader<T> {
    T read(String text) throws WrongValue;
  }

  /** A text that a setting cannot take; the message says what it must be. */
  static final class WrongValue extends Exception {
    WrongValue(String mustBe) {
      super(mustBe);
    }
  }

  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})\\s*(ms|s|min|h|d)");

  private static final Pattern AMOUNT = Pattern.compile("\\d{1,9}(\\.\\d{1,6})?");

  private final String name;
  private final String description;
  private final String defaultText;
  private final boolean required;
  private final Visibility visibility;
  private final Reader<T> reader;

  private Setting(
      String name,
      String description,
      String defaultText,
      boolean required,
      Visibility visibility,
      Reader<T> reader) {
    this.name = name;
    this.description = description;
    this.defaultText = defaultText;
    this.required = required;
    this.visibility = visibility;
    this.reader = reader;
  }

  static <T> Setting<T> required(String name, Reader<T> reader, String description) {
    return new Setting<>(name, description, null, true, Visibility.PUBLIC, reader);
  }

  static <T> Setting<T> withDefault(
      String name, Reader<T> reader, String defaultText, String description) {
    return new Setting<>(name, description, defaultText, false, Visibility.PUBLIC, reader);
  }

  static <T> Setting<Optional<T>> optional(String name, Reader<T> reader, String description) {
    return new Setting<>(
        name, description, null, false, Visibility.PUBLIC, text -> Optional.of(reader.read(text)));
  }

  static Setting<Optional<String>> secret(String name, String description) {
    return new Setting<>(name, description, null, false, Visibility.SECRET, Optional::of);
  }

  /** Its name, as in an argument without the two dashes or in a properties file. */
  public String name() {
    return name;
  }

  /** Its name as an argument, before the value. */
  public String argument() {
    return "--" + name;
  }

  /** Its environment variable. */
  public String environmentVariable() {
    return "REKINDLE_" + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** What it does, one or two sentences. */
  public String description() {
    return description;
  }

  /** The text that stands for it when nothing is given; null if there is none. */
  public String defaultText() {
    return defaultText;
  }

  /** Whether the job refuses to start without it. */
  public boolean required() {
    return required;
  }

  /** Whether its value must not be seen. */
  public boolean secret() {
    return visibility == Visibility.SECRET;
  }

  Object read(String text) throws WrongValue {
    return reader.read(text);
  }

  static String text(String text) throws WrongValue {
    if (text.isBlank()) {
      throw new WrongValue("not empty");
    }
    return text.strip();
  }

  static Reader<String> startingWith(String prefix) {
    return text -> {
      if (!text.startsWith(prefix)) {
        throw new WrongValue("a text that starts with " + prefix);
      }
      return text.strip();
    };
  }

  static Reader<String> matching(String regex, String mustBe) {
    Pattern pattern = Pattern.compile(regex);
    return text -> {
      if (!pattern.matcher(text.strip()).matches()) {
        throw new WrongValue(mustBe);
      }
      return text.strip();
    };
  }

  static Reader<Integer> integer(int least, int most) {
    return text -> {
      try {
        int value = Integer.parseInt(text.strip());
        if (least <= value && value <= most) {
          return value;
        }
      } catch (NumberFormatException notANumber) {
        // Falls through to the one refusal for both.
      }
      throw new WrongValue("a whole number from " + least + " to " + most);
    };
  }

  static Reader<Duration> duration(Duration least, Duration most) {
    return text -> {
      Matcher matcher = DURATION.matcher(text.strip());
      if (matcher.matches()) {
        long count = Long.parseLong(matcher.group(1));
        long unit =
            switch (matcher.group(2)) {
              case "ms" -> 1L;
              case "s" -> 1_000L;
              case "min" -> 60_000L;
              case "h" -> 3_600_000L;
              default -> 86_400_000L;
            };
        if (count <= most.toMillis() / unit && count * unit >= least.toMillis()) {
          return Duration.ofMillis(count * unit);
        }
      }
      throw new WrongValue(
          "a duration from "
              + show(least)
              + " to "
              + show(most)
              + ", written as a number with ms, s, min, h or d, such as 10 s");
    };
  }

  /** An amount of at least zero, such as 2.50. */
  static Reader<BigDecimal> amount() {
    return text -> {
      if (!AMOUNT.matcher(text.strip()).matches()) {
        throw new WrongValue("an amount of at least 0, such as 2.50");
      }
      return new BigDecimal(text.strip());
    };
  }

  static <E extends Enum<E>> Reader<E> oneOf(Class<E> type) {
    return text -> {
      StringBuilder names = new StringBuilder();
      for (E constant : type.getEnumConstants()) {
        String constantName = constant.name().toLowerCase(Locale.ROOT);
        if (constantName.equals(text.strip())) {
          return constant;
        }
        names.append(names.isEmpty() ? "" : " or ").append(constantName);
      }
      throw new WrongValue(names.toString());
    };
  }

  private static String show(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 86_400_000L == 0 && millis > 0) {
      return millis / 86_400_000L + " d";
    }
    if (millis % 60_000L == 0 && millis > 0) {
      return millis / 60_000L + " min";
    }
    return millis % 1_000L == 0 && millis > 0 ? millis / 1_000L + " s" : millis + " ms";
  }
}
