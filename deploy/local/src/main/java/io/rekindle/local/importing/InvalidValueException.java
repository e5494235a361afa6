package io.rekindle.local.importing;

/** A value that a row cannot be made of; the message names the column and what to write instead. */
final class InvalidValueException extends Exception {

  InvalidValueException(String message) {
    super(message);
  }
}
