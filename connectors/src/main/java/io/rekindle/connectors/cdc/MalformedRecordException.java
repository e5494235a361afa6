package io.rekindle.connectors.cdc;

import io.rekindle.connectors.deadletter.DeadLetterReason;

/** The reason why the decoder refuses a record. It never leaves the decoder. */
final class MalformedRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  private final DeadLetterReason reason;

  /**
   * @param sentence names the field and the fix
   */
  MalformedRecordException(DeadLetterReason reason, String sentence) {
    // A stack trace says nothing about the record, and many of these must stay cheap.
    super(sentence, null, false, false);
    this.reason = reason;
  }

  DeadLetterReason reason() {
    return reason;
  }
}
