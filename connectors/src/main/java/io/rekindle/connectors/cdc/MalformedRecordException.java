package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetterReason;

/** Why a record cannot be a change. Never leaves the decoder. */
final class MalformedRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final DeadLetterReason reason;

  /**
   * @param sentence names the field and the fix
   */
  MalformedRecordException(DeadLetterReason reason, String sentence) {
    // The place in our code says nothing about the record, and a flood of these must stay cheap.
    super(sentence, null, false, false);
    this.reason = reason;
  }

  DeadLetterReason reason() {
    return reason;
  }
}
