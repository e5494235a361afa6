package io.rekindle.local.importing;

/** A value is invalid. The message names the column and the valid form. */
final class InvalidValueException extends Exception {

  private final String kind;

  InvalidValueException(String message) {
    this(message, message);
  }

  /**
   * @param kind the message without the value, equal for all rows with this problem
   */
  InvalidValueException(String message, String kind) {
    super(message);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }
}
