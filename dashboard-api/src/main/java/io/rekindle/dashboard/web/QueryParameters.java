package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.database.TextRules;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import io.rekindle.platform.text.Instants;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The parameters of a request's address, read as strictly as {@link JsonFields}: {@link #check()}
 * refuses mistakes, repetitions and parameters that were not read. An empty parameter is an absent
 * one, since forms send those.
 */
public final class QueryParameters {

  private static final int MAX_CURSOR_LENGTH = 20_000;
  private static final Map<String, Boolean> BOOLEANS = Map.of("true", true, "false", false);
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  private final Map<String, List<String>> parameters;
  private final List<FieldError> errors = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  private QueryParameters(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  public static QueryParameters of(Context ctx) {
    return new QueryParameters(ctx.queryParamMap());
  }

  /** Parameters that are stored. */
  public static QueryParameters of(Map<String, String> stored) {
    return QueryParameters.of(Map.of(), stored);
  }

  /** The parameters of a request, and those stored ones that it does not have. */
  public QueryParameters or(Map<String, String> stored) {
    return of(parameters, stored);
  }

  private static QueryParameters of(Map<String, List<String>> given, Map<String, String> stored) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    stored.forEach((name, value) -> all.put(name, List.of(value)));
    all.putAll(given);
    return new QueryParameters(all);
  }

  /** The parameters that are not empty, but those of some names. */
  public Map<String, String> without(Set<String> names) {
    Map<String, String> others = new TreeMap<>();
    parameters.forEach(
        (name, values) -> {
          if (!names.contains(name) && !values.isEmpty() && !values.get(0).isBlank()) {
            others.put(name, values.get(0).strip());
          }
        });
    return others;
  }

  /**
   * A parameter of the path that is an id.
   *
   * @throws HttpProblem 400 if no id can be so
   */
  public static String pathId(Context ctx, String name) {
    String id = ctx.pathParam(name);
    String mistake = id.isEmpty() ? "is required." : TextRules.mistake(id, 128);
    if (mistake != null) {
      throw HttpProblem.invalid(name, mistake);
    }
    return id;
  }

  /** Whether a parameter of that name has been read. */
  public boolean isRead(String name) {
    return known.contains(name);
  }

  public void reject(String name, String message) {
    errors.add(new FieldError(name, message));
  }

  /** Where a page of a list begins; null if absent. */
  public String cursor() {
    return text("cursor", MAX_CURSOR_LENGTH);
  }

  /** Null if absent. */
  public String text(String name, int maxLength) {
    known.add(name);
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      reject(name, "is given more than once.");
      return null;
    }
    if (values.isEmpty() || values.get(0).isBlank()) {
      return null;
    }
    String mistake = TextRules.mistake(values.get(0), maxLength);
    if (mistake != null) {
      reject(name, mistake);
      return null;
    }
    return values.get(0).strip();
  }

  /** Null if absent. */
  public Boolean bool(String name) {
    return read(name, 10, "true or false.", BOOLEANS::get);
  }

  public int integer(String name, int least, int most, int fallback) {
    Integer number = integer(name, least, most);
    return number == null ? fallback : number;
  }

  /** Null if absent. */
  public Integer integer(String name, int least, int most) {
    String expected = "a whole number from " + least + " to " + most + ".";
    return read(name, 20, expected, text -> wholeNumber(text, least, most));
  }

  /** Null if absent. */
  public BigDecimal decimal(String name, int least, int most) {
    return read(
        name,
        20,
        "a number from " + least + " to " + most + ".",
        text -> {
          if (!text.matches("-?[0-9]{1,12}(\\.[0-9]{1,6})?")) {
            return null;
          }
          BigDecimal number = new BigDecimal(text);
          return number.compareTo(BigDecimal.valueOf(least)) >= 0
                  && number.compareTo(BigDecimal.valueOf(most)) <= 0
              ? number
              : null;
        });
  }

  /** An instant with its offset; null if absent. */
  public Instant instant(String name) {
    // A plus sign that was not encoded arrives as a space.
    return read(
        name,
        40,
        "an instant such as 2026-01-31T08:00:00Z.",
        text -> instantOf(text.replace(' ', '+')));
  }

  /** A date; null if absent. */
  public LocalDate day(String name) {
    return read(name, 20, "a date such as 2026-01-31.", QueryParameters::dayOf);
  }

  /** Null if absent. */
  public <E extends Enum<E>> E oneOf(String name, Class<E> values) {
    List<E> all = List.of(values.getEnumConstants());
    return read(
        name,
        100,
        "one of " + all + ".",
        text -> all.stream().filter(value -> value.name().equals(text)).findFirst().orElse(null));
  }

  /** One of the given words; null if absent. */
  public String word(String name, Set<String> words) {
    return read(
        name,
        100,
        "one of " + words.stream().sorted().toList() + ".",
        text -> words.contains(text) ? text : null);
  }

  /** Some of the given words, with commas between or in several parameters; empty if absent. */
  public Set<String> words(String name, Set<String> words) {
    known.add(name);
    Set<String> given = new LinkedHashSet<>();
    for (String value : parameters.getOrDefault(name, List.of())) {
      for (String word : value.split(",", -1)) {
        if (!word.isBlank()) {
          given.add(word.strip());
        }
      }
    }
    if (!words.containsAll(given)) {
      reject(name, "has to be some of " + words.stream().sorted().toList() + ".");
      return Set.of();
    }
    return given;
  }

  /** The value that a reader makes of a text; null if absent, or if the reader gives null. */
  private <T> T read(String name, int maxLength, String expected, Function<String, T> reader) {
    String text = text(name, maxLength);
    T value = text == null ? null : reader.apply(text);
    if (text != null && value == null) {
      reject(name, "has to be " + expected);
    }
    return value;
  }

  private static LocalDate dayOf(String text) {
    try {
      return text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}") ? LocalDate.parse(text) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Integer wholeNumber(String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      return number >= least && number <= most ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Instant instantOf(String text) {
    try {
      Instant instant = Instants.parse(text);
      return instant.isBefore(EARLIEST) || !instant.isBefore(LATEST) ? null : instant;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * To be called when every parameter has been read.
   *
   * @throws HttpProblem 400 that names every mistake
   */
  public void check() {
    if (!mistakes().isEmpty()) {
      throw HttpProblem.invalid(errors);
    }
  }

  /** All mistakes, unknown parameters included; to be called when every parameter has been read. */
  public List<FieldError> mistakes() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        String cut = name.length() > 60 ? name.substring(0, 60) : name;
        reject(cut.replaceAll("[^\\x20-\\x7e]", "?"), "is not a parameter that is known here.");
      }
    }
    return errors;
  }
}
