package io.rekindle.email;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * One question that a text from a model had to answer.
 *
 * @param name such as {@code no-price}
 * @param detail what was found, for people; null if there is nothing to say
 */
public record CheckResult(@JsonProperty("check") String name, boolean passed, String detail) {

  public CheckResult {
    Objects.requireNonNull(name, "name");
  }
}
