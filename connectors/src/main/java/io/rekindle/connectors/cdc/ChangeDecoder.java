package io.rekindle.connectors.cdc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.OverrideRemoved;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads Debezium's JSON events (without schemas) of the captured tables.
 *
 * <p>Jackson's streaming parser reads the bytes once. The decoder reads a faulty record a second
 * time, to find the place of the fault. Every record leads to at least one call of the {@link
 * Receiver}, except snapshot rows and deleted rows of the clock. No record leads to an exception.
 *
 * <p>Not thread-safe: every record uses the same buffers. The class is long, since all tables share
 * these buffers and each table has its own rules.
 */
public final class ChangeDecoder {

  /** Larger values are refused unread. Captured rows are far smaller. */
  static final int MAX_VALUE_BYTES = 256 * 1024;

  /** The furthest that a commit counts ahead of its Kafka record, which has Connect's time. */
  static final long MAX_COMMIT_AHEAD_MS = 60_000L;

  /**
   * The longest time that an order may be ahead of its commit, for shops that mistake their time
   * zone.
   */
  private static final long MAX_ORDER_AHEAD_MS = 24 * 3_600_000L;

  private static final int MAX_SCORE = 100;

  /** Receives the changes, ticks and rejections of one record. */
  public interface Receiver {

    void changed(Change change);

    void ruleChanged(RuleChange change);

    /**
     * A clock event in its partition. Every earlier commit of the partition is before it.
     *
     * @param beat its place in the chain; null if the row has none
     */
    void ticked(long commitTime, Beat beat);

    /** A streamed event that changes no user. Its commit time still counts. */
    void noStateChange(long commitTime);

    /**
     * The record's commit time is too far ahead of its Kafka record. The record counts, with the
     * latest time that it may have.
     *
     * @param aheadMs the difference to the Kafka record
     */
    void clockAhead(long aheadMs);

    /** The record comes from another database than the first that this decoder read. */
    void otherDatabase(String database);

    /** The position of the commit before the record's transaction is unknown. */
    void unknownCommitPosition();

    /**
     * The decoder refuses the record.
     *
     * @param error a sentence that names the field and the fix
     */
    void rejected(DeadLetterReason reason, String error);
  }

  private final JsonFactory json =
      JsonFactory.builder()
          // Names of unknown columns come from outside. The JVM must not keep them for ever, and
          // many names with one hash must not end in an exception.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final ReusableParser reusableParser = new ReusableParser(json);
  private final VariantsParser variantsParser = new VariantsParser(json);
  private final FieldBuffer envelope = new FieldBuffer("");
  private final FieldBuffer source = new FieldBuffer("source.");
  private final FieldBuffer before = new FieldBuffer("before.");
  private final FieldBuffer after = new FieldBuffer("after.");
  private String currency = "EUR";

  /** The database of the first record; null before it. */
  private String database;

  /** The commit time of the present record by the database's clock. */
  private long databaseTime;

  /** Decodes one record. */
  public void decode(ConsumerRecord<byte[], byte[]> message, Receiver receiver) {
    try {
      read(message.value());
      interpret(message, receiver);
    } catch (MalformedRecordException e) {
      receiver.rejected(e.reason(), e.getMessage());
    } catch (RuntimeException e) {
      // An exception would fail the job, and the job would read the same record again for ever.
      receiver.rejected(
          DeadLetterReason.DECODER_DEFECT,
          "The decoder failed, which is a defect; please report it: " + e);
    }
  }

  private void read(byte[] value) throws MalformedRecordException {
    if (value == null) {
      throw new MalformedRecordException(
          DeadLetterReason.NULL_VALUE,
          "The value is null: set the connector's tombstones.on.delete to false");
    }
    if (value.length > MAX_VALUE_BYTES) {
      throw new MalformedRecordException(
          DeadLetterReason.TOO_LARGE,
          "The value has "
              + value.length
              + " bytes, more than "
              + MAX_VALUE_BYTES
              + ": take large columns out of the connector's column.include.list");
    }
    if (!readWithReusableParser(value)) {
      readWithNewParser(value);
    }
  }

  /** Reads a record by the reused parser; returns false if the record needs its own parser. */
  private boolean readWithReusableParser(byte[] value) throws MalformedRecordException {
    clear();
    boolean sound = false;
    try {
      try {
        JsonParser parser = reusableParser.begin(value);
        if (parser.nextToken() == JsonToken.START_OBJECT) {
          readEnvelope(parser);
          sound = true;
          return reusableParser.end();
        }
        return false;
      } finally {
        if (!sound) {
          reusableParser.discard();
        }
      }
    } catch (IOException e) {
      // A parser that began with this record knows the place of the fault.
      return false;
    }
  }

  private void readWithNewParser(byte[] value) throws MalformedRecordException {
    clear();
    try (JsonParser parser = json.createParser(value)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw notAnEvent("The value is not a JSON object");
      }
      readEnvelope(parser);
      if (parser.nextToken() != null) {
        throw new MalformedRecordException(
            DeadLetterReason.NOT_JSON,
            "The value goes on after its JSON object: send one event per record");
      }
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      throw new MalformedRecordException(
          DeadLetterReason.NOT_JSON,
          "The value is not valid JSON"
              + (place == null ? "" : " at byte " + place.getByteOffset())
              + ": "
              + e.getOriginalMessage());
    } catch (IOException e) {
      throw new MalformedRecordException(
          DeadLetterReason.NOT_JSON, "The value is not valid JSON: " + e.getMessage());
    }
  }

  private void clear() {
    envelope.clear();
    source.clear();
    before.clear();
    after.clear();
  }

  private void readEnvelope(JsonParser parser) throws IOException, MalformedRecordException {
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "before" -> before.readObject(parser);
        case "after" -> after.readObject(parser);
        case "source" -> source.readObject(parser);
        case "op" -> envelope.readValue(Field.OP, token, parser);
        case "payload" -> envelope.readValue(Field.PAYLOAD, token, parser);
        default -> parser.skipChildren();
      }
    }
  }

  private void interpret(ConsumerRecord<byte[], byte[]> message, Receiver receiver)
      throws MalformedRecordException {
    Operation operation = operation();
    if (!source.present()) {
      throw notAnEvent("The value has no source");
    }
    if (operation == Operation.TRUNCATE) {
      throw new MalformedRecordException(
          DeadLetterReason.TRUNCATE,
          "Table "
              + source.text(Field.SCHEMA)
              + "."
              + source.text(Field.TABLE)
              + " was truncated, which names no rows, so their users keep what they had: delete"
              + " rows with DELETE, or let the connector take a new snapshot");
    }
    if (message.key() == null || message.key().length == 0) {
      throw new MalformedRecordException(
          DeadLetterReason.NO_KEY,
          "The record has no key: let the connector write the primary key, as it does by default");
    }
    long commitTime = commitTime(message, receiver);
    reportDatabase(receiver);
    if (source.is(Field.SCHEMA, "shop")) {
      if (source.is(Field.TABLE, "orders")) {
        decodeOrder(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "users")) {
        decodeUser(operation, commitTime, receiver);
        return;
      }
    } else if (source.is(Field.SCHEMA, "engagement")) {
      if (source.is(Field.TABLE, "clock")) {
        decodeTick(operation, commitTime, message, receiver);
        return;
      }
      if (source.is(Field.TABLE, "emails")) {
        decodeEmail(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "score_overrides")) {
        decodeOverride(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "suppressions")) {
        decodeSuppression(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "scoring_policies")) {
        decodePolicy(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "models")) {
        decodeModel(operation, commitTime, receiver);
        return;
      }
      if (source.is(Field.TABLE, "outreach_settings")) {
        decodeOutreach(operation, commitTime, receiver);
        return;
      }
    }
    throw new MalformedRecordException(
        DeadLetterReason.UNKNOWN_TABLE,
        "source.schema is "
            + source.quoted(Field.SCHEMA)
            + " and source.table is "
            + source.quoted(Field.TABLE)
            + ": that table is not captured, take it off the connector's table.include.list");
  }

  private Operation operation() throws MalformedRecordException {
    if (!envelope.has(Field.OP)) {
      throw notAnEvent(
          envelope.has(Field.PAYLOAD)
              ? "The value has a payload beside its schema"
              : "The value has no op");
    }
    for (Operation operation : Operation.ALL) {
      if (envelope.is(Field.OP, operation.code)) {
        return operation;
      }
    }
    throw new MalformedRecordException(
        DeadLetterReason.UNKNOWN_OPERATION,
        "op is " + envelope.quoted(Field.OP) + ": it has to be c, r, u, d or t");
  }

  private static MalformedRecordException notAnEvent(String finding) {
    return new MalformedRecordException(
        DeadLetterReason.NOT_A_CHANGE_EVENT,
        finding
            + ": it has to be a Debezium change event; set value.converter to JsonConverter and"
            + " value.converter.schemas.enable to false");
  }

  /**
   * The commit time. The clock of a database may be wrong, and its time must not carry the job's
   * time away. So it is at most a minute after the Kafka record.
   */
  private long commitTime(ConsumerRecord<byte[], byte[]> message, Receiver receiver)
      throws MalformedRecordException {
    databaseTime = source.natural(Field.TS_MS);
    if (databaseTime > TimestampParser.MAX) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          "source.ts_ms is " + databaseTime + ": it has to be milliseconds since 1970");
    }
    long kafkaTime = message.timestamp();
    if (kafkaTime < 0 || databaseTime - kafkaTime <= MAX_COMMIT_AHEAD_MS) {
      return databaseTime;
    }
    receiver.clockAhead(databaseTime - kafkaTime);
    return kafkaTime + MAX_COMMIT_AHEAD_MS;
  }

  private void reportDatabase(Receiver receiver) throws MalformedRecordException {
    if (!source.isText(Field.DB)) {
      return;
    }
    if (database == null) {
      database = source.text(Field.DB);
    } else if (!source.is(Field.DB, database)) {
      receiver.otherDatabase(source.text(Field.DB));
    }
  }

  private RowVersion version(Operation operation, Receiver receiver)
      throws MalformedRecordException {
    long lsn = source.natural(Field.LSN);
    if (operation == Operation.READ) {
      return new RowVersion(lsn, 0);
    }
    long commitLsn = source.firstOfSequence(Field.SEQUENCE);
    if (commitLsn == RowVersion.UNKNOWN) {
      receiver.unknownCommitPosition();
    }
    return new RowVersion(commitLsn, lsn);
  }

  private void decodeOrder(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("shop.orders", Field.USER_ID);
      receiver.changed(
          new OrderRemoved(
              before.id(Field.USER_ID),
              commitTime,
              version,
              false,
              before.id(Field.ORDER_ID),
              false));
      return;
    }
    requireNewRow();
    if (operation == Operation.UPDATE) {
      requireOldRow("shop.orders", Field.USER_ID);
      after.completeFrom(before);
    }
    String userId = after.id(Field.USER_ID);
    String orderId = after.id(Field.ORDER_ID);
    long placedAt = after.timestamp(Field.PLACED_AT);
    // By the clock of the database, which is the default of placed_at.
    if (placedAt - databaseTime > MAX_ORDER_AHEAD_MS) {
      throw new MalformedRecordException(
          DeadLetterReason.ORDER_IN_FUTURE,
          "after.placed_at is "
              + Instant.ofEpochMilli(placedAt)
              + ", more than a day ahead of its commit at "
              + Instant.ofEpochMilli(databaseTime)
              + ": correct the order's time");
    }
    long amount = after.amount(Field.AMOUNT);
    long refunded = after.amount(Field.REFUNDED_AMOUNT);
    boolean cancelled = isCancelled(after);
    currency = after.currency(Field.CURRENCY, currency);
    after.checkOptionalText(Field.CATEGORY);

    boolean update = operation == Operation.UPDATE;
    boolean moved = update && !after.sameText(Field.USER_ID, before);
    OrderChanged.Kind kind =
        !update
            ? OrderChanged.Kind.PLACED
            : moved ? OrderChanged.Kind.MOVED_IN : kindOfUpdate(cancelled, refunded);
    OrderRemoved removed =
        moved
            ? new OrderRemoved(before.id(Field.USER_ID), commitTime, version, false, orderId, true)
            : null;
    // The whole event is checked before the receiver is called.
    if (removed != null) {
      receiver.changed(removed);
    }
    receiver.changed(
        new OrderChanged(
            userId,
            commitTime,
            version,
            operation == Operation.READ,
            orderId,
            placedAt,
            cancelled ? 0 : amount - refunded,
            currency,
            kind));
  }

  private OrderChanged.Kind kindOfUpdate(boolean cancelled, long refunded)
      throws MalformedRecordException {
    if (cancelled && !isCancelled(before)) {
      return OrderChanged.Kind.CANCELLED;
    }
    return refunded > before.amount(Field.REFUNDED_AMOUNT)
        ? OrderChanged.Kind.REFUNDED
        : OrderChanged.Kind.AMENDED;
  }

  private static boolean isCancelled(FieldBuffer row) throws MalformedRecordException {
    if (row.is(Field.STATUS, "PLACED")) {
      return false;
    }
    if (row.is(Field.STATUS, "CANCELLED")) {
      return true;
    }
    row.wholeText(Field.STATUS);
    throw row.wrongType(Field.STATUS, "PLACED or CANCELLED");
  }

  private void decodeUser(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("shop.users", Field.USER_ID);
      receiver.changed(new UserRemoved(before.id(Field.USER_ID), commitTime, version, false));
      return;
    }
    requireNewRow();
    after.completeFrom(before);
    receiver.changed(
        new UserChanged(
            after.id(Field.USER_ID),
            commitTime,
            version,
            operation == Operation.READ,
            after.text(Field.EMAIL),
            after.text(Field.NAME),
            after.texts(Field.PREFERRED_CATEGORIES),
            after.text(Field.TIME_ZONE),
            after.text(Field.LOCALE),
            // A row without the column has no consent.
            after.has(Field.MARKETING_CONSENT) && after.flag(Field.MARKETING_CONSENT),
            after.timestamp(Field.CREATED_AT)));
  }

  private void decodeEmail(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    boolean snapshot = operation == Operation.READ;
    if (operation != Operation.DELETE) {
      requireNewRow();
      after.wholeText(Field.STATUS);
      if (after.is(Field.STATUS, "SENT")) {
        receiver.changed(
            new Contacted(
                after.id(Field.USER_ID),
                commitTime,
                version,
                snapshot,
                after.id(Field.EMAIL_ID),
                // A contact cannot be in the future, even if another system writes such a time.
                after.has(Field.SENT_AT)
                    ? Math.min(after.timestamp(Field.SENT_AT), commitTime)
                    : commitTime));
        return;
      }
    }
    // The deletion of a row does not undo the email.
    if (!snapshot) {
      receiver.noStateChange(commitTime);
    }
  }

  private void decodeOverride(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("engagement.score_overrides", Field.USER_ID);
      receiver.changed(new OverrideRemoved(before.id(Field.USER_ID), commitTime, version, false));
      return;
    }
    requireNewRow();
    receiver.changed(
        new OverrideChanged(
            after.id(Field.USER_ID),
            commitTime,
            version,
            operation == Operation.READ,
            after.natural(Field.SCORE, MAX_SCORE),
            after.timestamp(Field.SET_AT),
            after.timestampOrForever(Field.EXPIRES_AT)));
  }

  private void decodeSuppression(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("engagement.suppressions", Field.USER_ID);
      receiver.changed(
          new SuppressionRemoved(before.id(Field.USER_ID), commitTime, version, false));
      return;
    }
    requireNewRow();
    after.completeFrom(before);
    receiver.changed(
        new SuppressionChanged(
            after.id(Field.USER_ID),
            commitTime,
            version,
            operation == Operation.READ,
            after.knownText(Field.ADDRESS),
            // Any reason counts. An unknown reason still suppresses.
            after.knownText(Field.REASON)));
  }

  private void decodePolicy(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("engagement.scoring_policies", Field.POLICY_VERSION);
      receiver.ruleChanged(
          new PolicyChanged(
              before.id(Field.POLICY_VERSION), commitTime, version, false, null, false));
      return;
    }
    requireNewRow();
    after.completeFrom(before);
    receiver.ruleChanged(
        new PolicyChanged(
            after.id(Field.POLICY_VERSION),
            commitTime,
            version,
            operation == Operation.READ,
            after.wholeText(Field.DOCUMENT),
            after.flag(Field.ACTIVE)));
  }

  private void decodeModel(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      requireOldRow("engagement.models", Field.MODEL_VERSION);
      receiver.ruleChanged(
          new ModelChanged(
              before.id(Field.MODEL_VERSION), null, commitTime, version, false, null, false));
      return;
    }
    requireNewRow();
    after.completeFrom(before);
    receiver.ruleChanged(
        new ModelChanged(
            after.id(Field.MODEL_VERSION),
            after.id(Field.POLICY_VERSION),
            commitTime,
            version,
            operation == Operation.READ,
            after.wholeText(Field.DOCUMENT),
            after.flag(Field.ACTIVE)));
  }

  private void decodeOutreach(Operation operation, long commitTime, Receiver receiver)
      throws MalformedRecordException {
    RowVersion version = version(operation, receiver);
    if (operation == Operation.DELETE) {
      receiver.ruleChanged(new OutreachChanged(commitTime, version, false, OutreachRules.NONE));
      return;
    }
    requireNewRow();
    after.completeFrom(before);
    receiver.ruleChanged(
        new OutreachChanged(
            commitTime,
            version,
            operation == Operation.READ,
            new OutreachRules(
                after.flag(Field.ENABLED),
                after.natural(Field.COOLDOWN_DAYS, OutreachRules.MAX_DAYS),
                after.natural(Field.STALE_DAYS, OutreachRules.MAX_DAYS),
                after.natural(Field.DAILY_CAP, Integer.MAX_VALUE),
                capOrder(),
                after.id(Field.EXPERIMENT_ID),
                (int) after.millionths(Field.HOLDOUT_SHARE, BigDecimal.ONE),
                variantsParser.parse(after.name(Field.VARIANTS), after.wholeText(Field.VARIANTS)),
                after.has(Field.CONTROL_SHARE)
                    ? (int) after.millionths(Field.CONTROL_SHARE, OutreachRules.MAX_CONTROL_SHARE)
                    : OutreachRules.DEFAULTS.controlPpm(),
                after.has(Field.CONTROL_SALT)
                    ? after.id(Field.CONTROL_SALT)
                    : OutreachRules.DEFAULTS.controlSalt())));
  }

  /** Events from before the column have none. */
  private CapOrder capOrder() throws MalformedRecordException {
    if (!after.has(Field.CAP_ORDER)) {
      return CapOrder.FIRST_DECIDED;
    }
    for (CapOrder order : CapOrder.values()) {
      if (after.is(Field.CAP_ORDER, order.name())) {
        return order;
      }
    }
    after.wholeText(Field.CAP_ORDER);
    throw after.wrongType(Field.CAP_ORDER, "FIRST_DECIDED or VALUE_AT_STAKE");
  }

  private void decodeTick(
      Operation operation,
      long commitTime,
      ConsumerRecord<byte[], byte[]> message,
      Receiver receiver)
      throws MalformedRecordException {
    if (operation == Operation.READ || operation == Operation.DELETE) {
      return;
    }
    requireNewRow();
    long partition = after.natural(Field.PARTITION);
    if (!after.is(Field.TOPIC, message.topic()) || partition != message.partition()) {
      throw new MalformedRecordException(
          DeadLetterReason.MISROUTED_TICK,
          "after.topic is "
              + after.quoted(Field.TOPIC)
              + " and after.partition is "
              + partition
              + ", but the record is in "
              + message.topic()
              + "-"
              + message.partition()
              + ": add the ClockRouting transform to the connector");
    }
    receiver.ticked(commitTime, beat(operation));
  }

  private Beat beat(Operation operation) throws MalformedRecordException {
    if (!after.has(Field.NUMBER)) {
      return null;
    }
    return new Beat(
        operation == Operation.CREATE,
        after.natural(Field.NUMBER),
        after.timestamp(Field.BEAT),
        after.has(Field.PREVIOUS_BEAT) ? after.timestamp(Field.PREVIOUS_BEAT) : Beat.NONE);
  }

  private void requireNewRow() throws MalformedRecordException {
    if (!after.present()) {
      throw new MalformedRecordException(
          DeadLetterReason.MISSING_FIELD,
          "after is missing: only an event with op d or t has none");
    }
  }

  /**
   * Refuses an event without the old row, or with its key alone. Debezium then fills a required
   * column with an empty text.
   */
  private void requireOldRow(String table, Field column) throws MalformedRecordException {
    boolean missing = !before.present();
    if (missing || !before.has(column) || before.is(column, "")) {
      throw new MalformedRecordException(
          DeadLetterReason.NO_OLD_ROW,
          (missing ? "before is missing" : before.name(column) + " has no value")
              + ": run ALTER TABLE "
              + table
              + " REPLICA IDENTITY "
              + (table.equals("shop.users") ? "DEFAULT" : "FULL"));
    }
  }

  private enum Operation {
    CREATE("c"),
    READ("r"),
    UPDATE("u"),
    DELETE("d"),
    TRUNCATE("t");

    /** A copy, since {@code values()} creates a new array at each call. */
    private static final Operation[] ALL = values();

    private final String code;

    Operation(String code) {
      this.code = code;
    }
  }
}
