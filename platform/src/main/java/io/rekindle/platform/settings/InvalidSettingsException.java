package io.rekindle.platform.settings;

import java.util.List;

/** A program refuses its settings. The message names each wrong setting and the fix. */
public final class InvalidSettingsException extends RuntimeException {

  private final List<String> problems;

  /**
   * @param problems one sentence for each wrong setting, without values of secrets
   */
  public InvalidSettingsException(List<String> problems) {
    // The operator needs the list of problems without a stack trace.
    super(
        "Refused to start:\n  " + String.join("\n  ", problems) + "\nSee --help.",
        null,
        false,
        false);
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each wrong setting. */
  public List<String> problems() {
    return problems;
  }
}
