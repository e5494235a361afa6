package io.rekindle.email.sender.settings;

import java.util.List;

/** The environment does not say how to start; the message names every wrong setting and why. */
public final class InvalidSettingsException extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidSettingsException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
