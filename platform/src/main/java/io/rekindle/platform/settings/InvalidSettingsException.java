package io.rekindle.platform.settings;

import java.util.List;

/** A program refuses to start with its settings; the message names each wrong one and the fix. */
public final class InvalidSettingsException extends RuntimeException {

  private final List<String> problems;

  /**
   * Refuses settings.
   *
   * @param problems one sentence for each wrong setting, without values of secrets
   */
  public InvalidSettingsException(List<String> problems) {
    // Without a stack trace: the operator needs the list of problems alone.
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
