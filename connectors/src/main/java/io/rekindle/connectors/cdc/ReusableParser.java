package io.rekindle.connectors.cdc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One parser that reads record after record, as if they were one stream of documents: making a
 * parser for each costs more memory than the change that it reads.
 *
 * <p>Only for records that turn out to be sound. After anything else the parser is given up, since
 * it stands somewhere inside of the record.
 */
final class ReusableParser {

  /**
   * After so many documents a new parser begins, and forgets the names of unknown fields that the
   * last one kept.
   */
  private static final int DOCUMENTS_PER_PARSER = 100_000;

  private final JsonFactory json;
  private final OneRecord record = new OneRecord();
  private JsonParser parser;
  private int documents;

  ReusableParser(JsonFactory json) {
    this.json = json;
  }

  /** A parser that stands before a record's document. */
  JsonParser begin(byte[] value) throws IOException {
    record.value = value;
    record.position = 0;
    if (parser == null) {
      parser = json.createParser(record);
      documents = 0;
    }
    return parser;
  }

  /**
   * Whether the document that was read was all of the record; if it was not, the parser is given
   * up.
   */
  boolean end() throws IOException {
    boolean whole =
        record.position == record.value.length
            && parser.releaseBuffered(OutputStream.nullOutputStream()) <= 0;
    if (!whole || ++documents == DOCUMENTS_PER_PARSER) {
      discard();
    }
    return whole;
  }

  /** Has the next record read by a new parser. */
  void discard() throws IOException {
    JsonParser ended = parser;
    parser = null;
    if (ended != null) {
      ended.close();
    }
  }

  /** The bytes of the record at hand, and then no more. */
  private static final class OneRecord extends InputStream {

    private byte[] value = {};
    private int position;

    @Override
    public int read() {
      return position == value.length ? -1 : value[position++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int count = Math.min(length, value.length - position);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(value, position, target, offset, count);
      position += count;
      return count;
    }
  }
}
