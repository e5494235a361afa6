package io.rekindle.connectors.capture;

import io.rekindle.connectors.deadletter.Reason;

/** Why a record cannot be a change. Never leaves the decoder. */
final class Malformed extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /**
   * @param sentence names the field and the fix
   */
  Malformed(Reason reason, String sentence) {
    // The place in our code says nothing about the record, and a flood of these must stay cheap.
    super(sentence, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
