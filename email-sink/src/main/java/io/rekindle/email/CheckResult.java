package io.rekindle.email;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * The result of one check of a text from a model.
 *
 * @param name such as {@code no-price}
 * @param detail the finding, for people; null if there is none
 */
public record CheckResult(@JsonProperty("check") String name, boolean passed, String detail) {

  public CheckResult {
    Objects.requireNonNull(name, "name");
  }
}
