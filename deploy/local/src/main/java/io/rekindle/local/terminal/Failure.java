package io.rekindle.local.terminal;

/**
 * A failure that the user of a command can fix. The command prints its message without a stack
 * trace, so the message names the problem and the fix.
 */
public final class Failure extends RuntimeException {

  private final int exitCode;

  /** A failure that ends the command with exit code 1. */
  public Failure(String message) {
    this(message, 1);
  }

  /** A failure that ends the command with the given exit code. */
  public Failure(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** A failure with a cause for logs. It ends the command with exit code 1. */
  public Failure(String message, Throwable cause) {
    super(message, cause);
    this.exitCode = 1;
  }

  public int exitCode() {
    return exitCode;
  }
}
