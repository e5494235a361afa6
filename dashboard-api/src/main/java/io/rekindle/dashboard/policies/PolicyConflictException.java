package io.rekindle.dashboard.policies;

/** A policy cannot be changed or put in force as it stands; the message says why. */
final class PolicyConflictException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PolicyConflictException(String message) {
    // Expected and answered: a stack trace would not help.
    super(message, null, false, false);
  }
}
