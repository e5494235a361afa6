package io.rekindle.connectors.cdc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.UserChanged;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Holds the fields of one JSON object as characters, in a buffer that the next event reuses. The
 * methods that read a field check its type, since an event names its table only after its rows. The
 * class is long, since every type of column has its own checks on the same characters.
 */
final class FieldBuffer {

  private static final int MAX_ID_LENGTH = 128;

  /** Longer texts are cut, since an email needs no more and state stays small. */
  private static final int MAX_TEXT_LENGTH = 512;

  /** More categories than this are cut. */
  private static final int MAX_CATEGORIES = 64;

  private static final int MAX_SHOWN_LENGTH = 64;

  /** Decimals of a millionth. */
  private static final int MILLIONTHS = 6;

  private static final byte ABSENT = 0;
  private static final byte NULL = 1;
  private static final byte TEXT = 2;
  private static final byte NUMBER = 3;
  private static final byte TRUE = 4;
  private static final byte FALSE = 5;
  private static final byte ARRAY = 6;
  private static final byte OBJECT = 7;

  /** A large column that the update did not touch. */
  private static final byte UNCHANGED = 8;

  private static final char[] PLACEHOLDER = "__debezium_unavailable_value".toCharArray();
  private static final char[] PLACEHOLDER_BASE64 =
      "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==".toCharArray();

  private final String label;
  private final byte[] kinds = new byte[Field.values().length];
  private final int[] starts = new int[kinds.length];
  private final int[] lengths = new int[kinds.length];
  private final List<String> categories = new ArrayList<>();
  private char[] characters = new char[1_024];
  private int used;
  private boolean present;
  private boolean anyUnchanged;

  /**
   * @param label the prefix of a field's name in sentences, such as {@code after.}
   */
  FieldBuffer(String label) {
    this.label = label;
  }

  void clear() {
    Arrays.fill(kinds, ABSENT);
    used = 0;
    present = false;
    anyUnchanged = false;
  }

  /** Whether the event has this object. */
  boolean present() {
    return present;
  }

  /** Reads the object or null at the parser's position. */
  void readObject(JsonParser parser) throws IOException, MalformedRecordException {
    clear();
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedRecordException(
          DeadLetterReason.WRONG_TYPE,
          label.substring(0, label.length() - 1) + " has to be an object or null");
    }
    present = true;
    String name;
    while ((name = parser.nextFieldName()) != null) {
      Field field = Field.named(name);
      JsonToken token = parser.nextToken();
      if (field == null) {
        parser.skipChildren();
      } else {
        readValue(field, token, parser);
      }
    }
  }

  /** Reads the value at the parser's position. */
  void readValue(Field field, JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    int index = field.index();
    switch (token) {
      case VALUE_STRING -> {
        keep(index, parser);
        kinds[index] = isPlaceholder(index) ? UNCHANGED : TEXT;
        anyUnchanged |= kinds[index] == UNCHANGED;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        keep(index, parser);
        kinds[index] = NUMBER;
      }
      case VALUE_TRUE -> kinds[index] = TRUE;
      case VALUE_FALSE -> kinds[index] = FALSE;
      case VALUE_NULL -> kinds[index] = NULL;
      case START_ARRAY -> {
        kinds[index] = ARRAY;
        if (field == Field.PREFERRED_CATEGORIES) {
          readCategories(parser);
        } else {
          parser.skipChildren();
        }
      }
      default -> {
        kinds[index] = OBJECT;
        parser.skipChildren();
      }
    }
  }

  private void keep(int index, JsonParser parser) throws IOException {
    char[] text = parser.getTextCharacters();
    int length = parser.getTextLength();
    if (characters.length - used < length) {
      characters = Arrays.copyOf(characters, Math.max(2 * characters.length, used + length));
    }
    System.arraycopy(text, parser.getTextOffset(), characters, used, length);
    starts[index] = used;
    lengths[index] = length;
    used += length;
  }

  private void readCategories(JsonParser parser) throws IOException, MalformedRecordException {
    categories.clear();
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (token == JsonToken.VALUE_STRING) {
        int before = used;
        int index = Field.PREFERRED_CATEGORIES.index();
        keep(index, parser);
        if (isPlaceholder(index)) {
          kinds[index] = UNCHANGED;
          anyUnchanged = true;
        } else if (categories.size() < MAX_CATEGORIES) {
          categories.add(cutText(Field.PREFERRED_CATEGORIES));
        }
        used = before;
      } else if (token != JsonToken.VALUE_NULL) {
        throw wrongType(Field.PREFERRED_CATEGORIES, "an array of texts");
      }
    }
  }

  private boolean isPlaceholder(int index) {
    return matches(index, PLACEHOLDER) || matches(index, PLACEHOLDER_BASE64);
  }

  private boolean matches(int index, char[] expected) {
    return lengths[index] == expected.length
        && Arrays.equals(
            characters,
            starts[index],
            starts[index] + expected.length,
            expected,
            0,
            expected.length);
  }

  /** Fills columns that the update did not touch from the old row, if it has them. */
  void completeFrom(FieldBuffer old) {
    if (!anyUnchanged) {
      return;
    }
    for (int index = 0; index < kinds.length; index++) {
      if (kinds[index] == UNCHANGED && old.kinds[index] == TEXT) {
        int length = old.lengths[index];
        if (characters.length - used < length) {
          characters = Arrays.copyOf(characters, used + length);
        }
        System.arraycopy(old.characters, old.starts[index], characters, used, length);
        kinds[index] = TEXT;
        starts[index] = used;
        lengths[index] = length;
        used += length;
      }
    }
  }

  boolean has(Field field) {
    return kinds[field.index()] > NULL;
  }

  /** Whether the field is a text. */
  boolean isText(Field field) {
    return kinds[field.index()] == TEXT;
  }

  /** Whether the field has exactly this text. */
  boolean is(Field field, String text) {
    int index = field.index();
    if (kinds[index] != TEXT || lengths[index] != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (characters[starts[index] + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the field has the same text in both objects. */
  boolean sameText(Field field, FieldBuffer other) {
    int index = field.index();
    return kinds[index] == other.kinds[index]
        && Arrays.equals(
            characters,
            starts[index],
            starts[index] + lengths[index],
            other.characters,
            other.starts[index],
            other.starts[index] + other.lengths[index]);
  }

  /** Returns an id of 1 to 128 characters. */
  String id(Field field) throws MalformedRecordException {
    requireText(field);
    int index = field.index();
    checkStorable(field);
    int length = lengths[index];
    if (length == 0) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE, name(field) + " is empty: an id has 1 to 128 characters");
    }
    if (length > MAX_ID_LENGTH
        && Character.codePointCount(characters, starts[index], length) > MAX_ID_LENGTH) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          name(field) + " has more than 128 characters: an id has 1 to 128 characters");
    }
    return new String(characters, starts[index], length);
  }

  /** Returns a required text in full. */
  String wholeText(Field field) throws MalformedRecordException {
    requireText(field);
    checkStorable(field);
    return new String(characters, starts[field.index()], lengths[field.index()]);
  }

  /**
   * Returns a text, cut if long; null if there is none, {@link UserChanged#UNCHANGED} if the update
   * did not touch it.
   */
  String text(Field field) throws MalformedRecordException {
    return switch (kinds[field.index()]) {
      case ABSENT, NULL -> null;
      case UNCHANGED -> UserChanged.UNCHANGED;
      case TEXT -> cutText(field);
      default -> throw wrongType(field, "a text");
    };
  }

  /** Returns a text, cut if long, or null. Refuses a column that the update did not touch. */
  String knownText(Field field) throws MalformedRecordException {
    if (!has(field)) {
      return null;
    }
    requireText(field);
    return cutText(field);
  }

  private String cutText(Field field) throws MalformedRecordException {
    checkStorable(field);
    int start = starts[field.index()];
    int length = lengths[field.index()];
    if (length > MAX_TEXT_LENGTH) {
      length = MAX_TEXT_LENGTH;
      if (Character.isHighSurrogate(characters[start + length - 1])) {
        length--;
      }
    }
    return new String(characters, start, length);
  }

  /**
   * Returns the texts of the array; empty if there is none, null if the update did not touch it.
   */
  List<String> texts(Field field) throws MalformedRecordException {
    return switch (kinds[field.index()]) {
      case ABSENT, NULL -> List.of();
      case UNCHANGED -> null;
      case ARRAY -> categories;
      default -> throw wrongType(field, "an array of texts");
    };
  }

  /** Refuses a text that Postgres cannot store. */
  void checkOptionalText(Field field) throws MalformedRecordException {
    if (kinds[field.index()] == TEXT) {
      checkStorable(field);
    }
  }

  /** Returns a currency code of three upper-case letters; equal codes are the same string. */
  String currency(Field field, String previous) throws MalformedRecordException {
    if (is(field, previous)) {
      return previous;
    }
    requireText(field);
    int index = field.index();
    boolean valid = lengths[index] == 3;
    for (int i = 0; valid && i < 3; i++) {
      char letter = characters[starts[index] + i];
      valid = letter >= 'A' && letter <= 'Z';
    }
    if (!valid) {
      throw wrongType(field, "an ISO 4217 code of three upper-case letters, such as EUR");
    }
    return new String(characters, starts[index], 3);
  }

  /** Returns the hundredths of a numeric(14,2), 0 or more. */
  long amount(Field field) throws MalformedRecordException {
    int index = field.index();
    require(field);
    if (kinds[index] != TEXT && kinds[index] != NUMBER) {
      throw wrongType(field, "a decimal number, such as 59.90");
    }
    long amount = AmountParser.parse(characters, starts[index], lengths[index]);
    if (amount == AmountParser.INVALID) {
      throw wrongType(field, "a decimal number, such as 59.90");
    }
    if (amount < 0) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          name(field)
              + " is "
              + quoted(index)
              + ": it has to be from 0.00 to 999999999999.99, with two decimals");
    }
    return amount;
  }

  /** Returns epoch milliseconds in the years 1 to 9999. */
  long timestamp(Field field) throws MalformedRecordException {
    long time = anyTimestamp(field);
    if (time == TimestampParser.TOO_EARLY || time == TimestampParser.TOO_LATE) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          name(field)
              + " is "
              + quoted(field.index())
              + ": it has to be in the years 1 to 9999, and not infinite");
    }
    return time;
  }

  /** Works as {@link #timestamp}, but accepts infinity as the latest time. */
  long timestampOrForever(Field field) throws MalformedRecordException {
    long time = anyTimestamp(field);
    return time == TimestampParser.TOO_EARLY
        ? TimestampParser.MIN
        : time == TimestampParser.TOO_LATE ? TimestampParser.MAX : time;
  }

  private long anyTimestamp(Field field) throws MalformedRecordException {
    int index = field.index();
    requireKind(
        field,
        TEXT,
        "a timestamp with offset, such as 2026-11-21T21:58:12.123456Z; set the connector's"
            + " time.precision.mode to isostring and the column's type to timestamptz");
    long time = TimestampParser.parse(characters, starts[index], lengths[index]);
    if (time == TimestampParser.INVALID) {
      throw wrongType(field, "a timestamp with offset, such as 2026-11-21T21:58:12.123456Z");
    }
    return time;
  }

  /** Returns a whole number from 0 to the largest long. */
  long natural(Field field) throws MalformedRecordException {
    requireKind(field, NUMBER, "a whole number of at least 0");
    int index = field.index();
    long number = parseNatural(starts[index], starts[index] + lengths[index]);
    if (number < 0) {
      throw wrongType(field, "a whole number of at least 0");
    }
    return number;
  }

  /** Returns a whole number from 0 to a maximum. */
  int natural(Field field, int largest) throws MalformedRecordException {
    long number = natural(field);
    if (number > largest) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          name(field) + " is " + number + ": it has to be from 0 to " + largest);
    }
    return (int) number;
  }

  /**
   * Returns a decimal number from 0 to a maximum, times a million. At most six decimals are
   * allowed, so that sums are exact.
   */
  long millionths(Field field, BigDecimal largest) throws MalformedRecordException {
    require(field);
    int index = field.index();
    String expectation = "a number from 0 to " + largest + " with at most 6 decimals";
    BigDecimal number = decimal(index);
    if (number == null) {
      throw wrongType(field, expectation);
    }
    if (number.signum() < 0
        || number.compareTo(largest) > 0
        || number.stripTrailingZeros().scale() > MILLIONTHS) {
      throw new MalformedRecordException(
          DeadLetterReason.OUT_OF_RANGE,
          name(field) + " is " + quoted(index) + ": it has to be " + expectation);
    }
    return number.movePointRight(MILLIONTHS).longValueExact();
  }

  /** Null if it is no number, or longer than any valid number. */
  private BigDecimal decimal(int index) {
    boolean written = kinds[index] == TEXT || kinds[index] == NUMBER;
    if (!written || lengths[index] > MAX_SHOWN_LENGTH) {
      return null;
    }
    try {
      return new BigDecimal(characters, starts[index], lengths[index]);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  boolean flag(Field field) throws MalformedRecordException {
    require(field);
    byte kind = kinds[field.index()];
    if (kind != TRUE && kind != FALSE) {
      throw wrongType(field, "true or false");
    }
    return kind == TRUE;
  }

  /**
   * Returns the first of the two positions in Debezium's sequence, such as {@code ["123","130"]}.
   *
   * @return {@link RowVersion#UNKNOWN} if the first position is null
   */
  long firstOfSequence(Field field) throws MalformedRecordException {
    requireKind(field, TEXT, "a text with two log positions, such as [\"123\",\"130\"]");
    int index = field.index();
    int start = starts[index];
    int end = start + lengths[index];
    int comma = start;
    while (comma < end && characters[comma] != ',') {
      comma++;
    }
    boolean isNull = comma - start == 5 && characters[start] == '[' && characters[start + 1] == 'n';
    if (isNull) {
      return RowVersion.UNKNOWN;
    }
    boolean quoted =
        comma < end
            && comma - start > 3
            && characters[start] == '['
            && characters[start + 1] == '"'
            && characters[comma - 1] == '"';
    long position = quoted ? parseNatural(start + 2, comma - 1) : -1;
    if (position < 0) {
      throw wrongType(field, "a text with two log positions, such as [\"123\",\"130\"]");
    }
    return position;
  }

  /** Returns -1 for a character that is no digit, and for more than the largest long. */
  private long parseNatural(int start, int end) {
    if (start == end || end - start > 19) {
      return -1;
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      int digit = characters[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    // Nineteen digits can overflow once, and then the sign shows it.
    return number;
  }

  private void requireText(Field field) throws MalformedRecordException {
    requireKind(field, TEXT, "a text");
  }

  private void requireKind(Field field, byte kind, String expectation)
      throws MalformedRecordException {
    if (kinds[field.index()] != kind) {
      require(field);
      throw wrongType(field, expectation);
    }
  }

  private void require(Field field) throws MalformedRecordException {
    byte kind = kinds[field.index()];
    if (kind == UNCHANGED) {
      throw new MalformedRecordException(
          DeadLetterReason.NO_OLD_ROW,
          name(field)
              + " was left alone by the update and is not in the event: give the table"
              + " REPLICA IDENTITY FULL, then touch the row");
    }
    if (kind <= NULL) {
      throw new MalformedRecordException(
          DeadLetterReason.MISSING_FIELD,
          name(field)
              + (kind == NULL ? " is null" : " is missing")
              + ": it is required, so the table's column must exist, be captured and be not null");
    }
  }

  private void checkStorable(Field field) throws MalformedRecordException {
    int index = field.index();
    int end = starts[index] + lengths[index];
    for (int i = starts[index]; i < end; i++) {
      char c = characters[i];
      if (c == 0 || Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < end
                && Character.isLowSurrogate(characters[i + 1]);
        if (!pair) {
          throw new MalformedRecordException(
              DeadLetterReason.INVALID_TEXT,
              name(field)
                  + " has "
                  + (c == 0 ? "a NUL character" : "half a surrogate pair")
                  + ", which Postgres cannot store: remove it");
        }
        i++;
      }
    }
  }

  MalformedRecordException wrongType(Field field, String expectation) {
    int index = field.index();
    return new MalformedRecordException(
        DeadLetterReason.WRONG_TYPE,
        name(field) + " is " + quoted(index) + ": it has to be " + expectation);
  }

  String name(Field field) {
    return label + field.jsonName();
  }

  /** Returns the value in a form for sentences. */
  String quoted(Field field) {
    return quoted(field.index());
  }

  private String quoted(int index) {
    return switch (kinds[index]) {
      case ABSENT -> "missing";
      case NULL -> "null";
      case TRUE -> "true";
      case FALSE -> "false";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      default -> {
        int shown = Math.min(lengths[index], MAX_SHOWN_LENGTH);
        String text = new String(characters, starts[index], shown).replace('\0', '?');
        yield "'" + text + (shown < lengths[index] ? "…'" : "'");
      }
    };
  }
}
