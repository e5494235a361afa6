package io.rekindle.local.importing;

/** A value is invalid. The message names the column and the valid form. */
final class InvalidValueException extends Exception {

  InvalidValueException(String message) {
    super(message);
  }
}
