package io.rekindle.connectors.deadletter;

/** Why a record is a dead letter, for machines; the sentence for people is beside it. */
public enum DeadLetterReason {
  /** The Kafka record has no value. */
  NULL_VALUE,
  /** The Kafka record has no key. */
  NO_KEY,
  /** The value is larger than any row of ours can be. */
  TOO_LARGE,
  /** The value is not one complete JSON text. */
  NOT_JSON,
  /** JSON, but not a Debezium change event without schema. */
  NOT_A_CHANGE_EVENT,
  /** {@code op} is none of c, r, u, d and t. */
  UNKNOWN_OPERATION,
  /** The event is of a table that nobody here knows, or that does not belong in this topic. */
  UNKNOWN_TABLE,
  /** A field or column that is needed is missing or null. */
  MISSING_FIELD,
  /** A field or column holds something that cannot be read as what it has to be. */
  WRONG_TYPE,
  /** A number or time outside what the column can hold. */
  OUT_OF_RANGE,
  /** A text with a NUL or half a surrogate pair, which Postgres cannot store. */
  INVALID_TEXT,
  /** The commit time is further ahead of the Kafka record's than clocks can differ. */
  COMMIT_IN_FUTURE,
  /** An order is placed later than its own commit by more than a day. */
  ORDER_IN_FUTURE,
  /** A needed column is only in the old row, and the event has no old row. */
  NO_OLD_ROW,
  /** A clock event that is not in the partition it names, so that it proves nothing. */
  MISROUTED_TICK,
  /** A captured table was truncated: rows are gone that no event names. */
  TRUNCATE,
  /** A scoring policy that does not validate. */
  INVALID_POLICY,
  /** A request to write an email that the job cannot have made. */
  NOT_A_DECISION,
  /** The decoder failed where it must not; a defect of ours. */
  DECODER_DEFECT,
  /** A reason that this version does not know, given by a newer one. */
  UNKNOWN_REASON
}
