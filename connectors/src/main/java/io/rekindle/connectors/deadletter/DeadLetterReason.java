package io.rekindle.connectors.deadletter;

/** The reason code of a dead letter. {@link DeadLetter#error} has a sentence for people. */
public enum DeadLetterReason {
  /** The Kafka record has no value. */
  NULL_VALUE,
  /** The Kafka record has no key. */
  NO_KEY,
  /** The value is larger than any captured row can be. */
  TOO_LARGE,
  /** The value is not one complete JSON text. */
  NOT_JSON,
  /** The JSON is not a Debezium change event without schema. */
  NOT_A_CHANGE_EVENT,
  /** {@code op} is none of c, r, u, d and t. */
  UNKNOWN_OPERATION,
  /** The table is unknown, or belongs in another topic. */
  UNKNOWN_TABLE,
  /** A required field or column is missing or null. */
  MISSING_FIELD,
  /** A field or column cannot be read as its type. */
  WRONG_TYPE,
  /** A number or time is outside the range of its column. */
  OUT_OF_RANGE,
  /** A text has a NUL or half a surrogate pair, which Postgres cannot store. */
  INVALID_TEXT,
  /** An order is placed more than a day after its own commit. */
  ORDER_IN_FUTURE,
  /** A required column is only in the old row, and the event has no old row. */
  NO_OLD_ROW,
  /** A clock event is in another partition than it names, so it proves nothing. */
  MISROUTED_TICK,
  /** Ticks are missing between this one and the last, and changes with them. */
  CHANGES_LOST,
  /** A captured table was truncated: rows are gone that no event names. */
  TRUNCATE,
  /** A scoring policy does not validate. */
  INVALID_POLICY,
  /** A model of a policy does not validate. */
  INVALID_MODEL,
  /** A request to write an email that the job cannot have made. */
  NOT_A_DECISION,
  /** The database refuses the values of a result; the topic is the table. */
  REFUSED_BY_DATABASE,
  /** The decoder has a defect. */
  DECODER_DEFECT,
  /** A newer version gave a reason that this version does not know. */
  UNKNOWN_REASON
}
