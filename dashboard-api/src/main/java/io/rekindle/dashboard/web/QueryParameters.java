package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.ProblemDetails.FieldError;
import io.rekindle.platform.text.Instants;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a request's address, read as strictly as {@link JsonFields}: {@link #check()}
 * refuses mistakes, repetitions and parameters that nobody has asked for. An empty parameter is an
 * absent one, since forms send those.
 */
public final class QueryParameters {

  private static final int MAX_CURSOR_LENGTH = 20_000;

  private final Map<String, List<String>> parameters;
  private final List<FieldError> errors = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  private QueryParameters(Map<String, List<String>> parameters) {
    this.parameters = parameters;
  }

  public static QueryParameters of(Context ctx) {
    return new QueryParameters(ctx.queryParamMap());
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
    String text = text(name, 10);
    if (text == null) {
      return null;
    }
    if (!text.equals("true") && !text.equals("false")) {
      reject(name, "has to be true or false.");
      return null;
    }
    return text.equals("true");
  }

  public int integer(String name, int least, int most, int fallback) {
    String text = text(name, 20);
    if (text == null) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is out of bounds.
    }
    reject(name, "has to be a whole number from " + least + " to " + most + ".");
    return fallback;
  }

  /** Null if absent. */
  public BigDecimal decimal(String name, int least, int most) {
    String text = text(name, 20);
    if (text == null) {
      return null;
    }
    if (text.matches("-?[0-9]{1,12}(\\.[0-9]{1,6})?")) {
      BigDecimal number = new BigDecimal(text);
      if (number.compareTo(BigDecimal.valueOf(least)) >= 0
          && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
        return number;
      }
    }
    reject(name, "has to be a number from " + least + " to " + most + ".");
    return null;
  }

  /** An instant with its offset; null if absent. */
  public Instant instant(String name) {
    String text = text(name, 40);
    if (text == null) {
      return null;
    }
    try {
      // A plus sign that somebody forgot to encode arrives as a space.
      Instant instant = Instants.parse(text.replace(' ', '+'));
      if (!instant.isBefore(Instant.parse("0001-01-01T00:00:00Z"))
          && instant.isBefore(Instant.parse("9999-12-31T00:00:00Z"))) {
        return instant;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    reject(name, "has to be an instant such as 2026-01-31T08:00:00Z.");
    return null;
  }

  public <E extends Enum<E>> E oneOf(String name, Class<E> values, E fallback) {
    String text = text(name, 100);
    if (text == null) {
      return fallback;
    }
    for (E value : values.getEnumConstants()) {
      if (value.name().equals(text)) {
        return value;
      }
    }
    reject(name, "has to be one of " + Arrays.toString(values.getEnumConstants()) + ".");
    return fallback;
  }

  /** One of the given words; null if absent. */
  public String word(String name, Set<String> words) {
    String text = text(name, 100);
    if (text != null && !words.contains(text)) {
      reject(name, "has to be one of " + words.stream().sorted().toList() + ".");
      return null;
    }
    return text;
  }

  /**
   * To be called when every parameter has been read.
   *
   * @throws HttpProblem 400 that names every mistake
   */
  public void check() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        String cut = name.length() > 60 ? name.substring(0, 60) : name;
        reject(cut.replaceAll("[^\\x20-\\x7e]", "?"), "is not a parameter that is known here.");
      }
    }
    if (!errors.isEmpty()) {
      throw HttpProblem.invalid(errors);
    }
  }
}
