package io.rekindle.connectors.cdc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Reads many records with one parser, as one stream of documents. A new parser per record costs
 * more memory than the change itself.
 *
 * <p>It is for valid records only. After an invalid record the parser stands inside the record, and
 * a new parser replaces it.
 */
final class ReusableParser {

  /**
   * The number of documents after which a new parser begins, without the names of unknown fields
   * that the last one kept.
   */
  private static final int DOCUMENTS_PER_PARSER = 100_000;

  private final JsonFactory json;
  private final OneRecord record = new OneRecord();
  private JsonParser parser;
  private int documents;

  ReusableParser(JsonFactory json) {
    this.json = json;
  }

  /** Returns a parser at the beginning of a record's document. */
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
   * Whether the record holds exactly one document. If it does not, a new parser replaces this one.
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

  /** Replaces the parser before the next record. */
  void discard() throws IOException {
    JsonParser ended = parser;
    parser = null;
    if (ended != null) {
      ended.close();
    }
  }

  /** The bytes of the present record. */
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
