package io.rekindle.job;

import java.util.List;

/** The settings are not such that the job could run; the message names each that is at fault. */
public final class InvalidSettingsException extends RuntimeException {

  private final List<String> problems;

  InvalidSettingsException(List<String> problems) {
    // Without a stack trace: the reader needs the list of problems, not where it was made.
    super(
        "Refused to start:\n  " + String.join("\n  ", problems) + "\nSee --help.",
        null,
        false,
        false);
    this.problems = List.copyOf(problems);
  }

  /** One sentence per setting at fault. */
  public List<String> problems() {
    return problems;
  }
}
