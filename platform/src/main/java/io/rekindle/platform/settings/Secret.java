package io.rekindle.platform.settings;

import java.io.Serializable;

/**
 * A secret that leaves its process by name only. Serialized, it is the name of an environment
 * variable, which the process that reads it must have, too. Immutable and thread-safe.
 */
public final class Secret implements Serializable {

  private static final long serialVersionUID = 1;

  private final String variable;

  /** Null after deserialization. */
  private final transient String value;

  private Secret(String variable, String value) {
    this.variable = variable;
    this.value = value;
  }

  /**
   * Creates the secret of an environment variable.
   *
   * @param value its value in this process
   */
  public static Secret of(String variable, String value) {
    return new Secret(variable, value);
  }

  /**
   * Returns the secret itself.
   *
   * @throws IllegalStateException if this process does not have the variable; the message names it
   */
  public String value() {
    if (value != null) {
      return value;
    }
    String found = System.getenv(variable);
    if (found == null || found.isEmpty()) {
      throw new IllegalStateException(
          variable
              + " is not in the environment of this process: each TaskManager needs the secrets of"
              + " the job, which are not in its graph");
    }
    return found;
  }

  /** Whether {@link #value} can be checked in this process. */
  public boolean isKnown() {
    return value != null;
  }

  /** Leaves the value out. */
  @Override
  public String toString() {
    return variable;
  }
}
