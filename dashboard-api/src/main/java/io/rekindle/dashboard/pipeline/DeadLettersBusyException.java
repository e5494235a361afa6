package io.rekindle.dashboard.pipeline;

/** Another request uses the dead letters. */
public final class DeadLettersBusyException extends DeadLettersUnavailableException {

  private static final long serialVersionUID = 1L;

  DeadLettersBusyException() {
    super("Other requests read the dead letters right now.", true);
  }
}
