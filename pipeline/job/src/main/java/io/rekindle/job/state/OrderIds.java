package io.rekindle.job.state;

import io.rekindle.connectors.flink.Binary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A list of order ids in one array of bytes, each after its length. A UUID in its canonical form
 * takes 16 bytes instead of 36. Equal ids have equal bytes, so a search unpacks no id.
 *
 * <p>Nearly every incoming order is new, so most searches find nothing. A list that stays in memory
 * therefore keeps sixteen bits of each id in an array, and compares those first. A list that is
 * read from state for a single change never builds the array.
 */
final class OrderIds {

  /** The length that marks a packed UUID, since no id is empty. */
  private static final int UUID_MARK = 0;

  private static final int UUID_CHARACTERS = 36;
  private static final int UUID_BYTES = 16;
  private static final int INITIAL_FINGERPRINTS = 8;

  private byte[] bytes;
  private int length;
  private boolean searched;

  /** The fingerprints in the order of the ids; null before the second search. */
  private short[] fingerprints;

  /** The number of fingerprints. */
  private int count;

  /**
   * @param capacity the initial number of bytes
   */
  OrderIds(int capacity) {
    this(new byte[capacity], 0);
  }

  private OrderIds(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** Packs an id for {@link #find} and {@link #insert}. */
  static byte[] pack(String id) {
    if (id.length() == UUID_CHARACTERS && id.charAt(8) == '-') {
      byte[] uuid = packUuid(id);
      if (uuid != null) {
        return uuid;
      }
    }
    byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
    int header = utf8.length < 0x80 ? 1 : 2;
    byte[] packed = new byte[header + utf8.length];
    if (header == 1) {
      packed[0] = (byte) utf8.length;
    } else {
      packed[0] = (byte) ((utf8.length & 0x7F) | 0x80);
      packed[1] = (byte) (utf8.length >>> 7);
    }
    System.arraycopy(utf8, 0, packed, header, utf8.length);
    return packed;
  }

  private static byte[] packUuid(String id) {
    try {
      UUID uuid = UUID.fromString(id);
      if (!uuid.toString().equals(id)) {
        return null;
      }
      byte[] packed = new byte[1 + UUID_BYTES];
      packed[0] = UUID_MARK;
      for (int i = 0; i < 8; i++) {
        packed[1 + i] = (byte) (uuid.getMostSignificantBits() >>> (56 - 8 * i));
        packed[9 + i] = (byte) (uuid.getLeastSignificantBits() >>> (56 - 8 * i));
      }
      return packed;
    } catch (IllegalArgumentException notHexadecimal) {
      return null;
    }
  }

  /** The index of an id, or -1. */
  int find(byte[] id) {
    if (fingerprints == null) {
      if (!searched) {
        searched = true;
        return findInBytes(id);
      }
      computeFingerprints();
    }
    short target = fingerprint(id, 0, id.length);
    // Ids that all end alike have one fingerprint. So the way to an id begins at the one before.
    int reached = 0;
    int offset = 0;
    for (int index = 0; index < count; index++) {
      if (fingerprints[index] != target) {
        continue;
      }
      for (; reached < index; reached++) {
        offset += entryLength(offset);
      }
      if (Arrays.equals(bytes, offset, offset + entryLength(offset), id, 0, id.length)) {
        return index;
      }
    }
    return -1;
  }

  private int findInBytes(byte[] id) {
    int index = 0;
    for (int offset = 0; offset < length; index++) {
      int end = offset + entryLength(offset);
      if (end - offset == id.length
          && bytes[end - 1] == id[id.length - 1]
          && Arrays.equals(bytes, offset, end, id, 0, id.length)) {
        return index;
      }
      offset = end;
    }
    return -1;
  }

  private void computeFingerprints() {
    short[] computed = new short[INITIAL_FINGERPRINTS];
    int index = 0;
    for (int offset = 0; offset < length; index++) {
      if (index == computed.length) {
        computed = Arrays.copyOf(computed, grown(index));
      }
      int end = offset + entryLength(offset);
      computed[index] = fingerprint(bytes, offset, end);
      offset = end;
    }
    fingerprints = computed;
    count = index;
  }

  /** The fingerprint of an id. Ids mostly differ in their last characters. */
  private static short fingerprint(byte[] bytes, int start, int end) {
    int mixed = bytes[end - 1] ^ bytes[end - 2] << 4;
    return (short) (end - start < 4 ? mixed : mixed ^ bytes[end - 3] << 8 ^ bytes[end - 4] << 12);
  }

  private static int grown(int size) {
    return size + (size >> 1) + 1;
  }

  /** Compares the id at an index with a packed id, by the bytes of their texts in UTF-8. */
  int compare(int index, byte[] id) {
    int offset = offset(index);
    return compare(bytes, offset, offset + entryLength(offset), id);
  }

  /** Compares two packed ids by the bytes of their texts in UTF-8, as Postgres under "C". */
  static int compare(byte[] left, byte[] right) {
    return compare(left, 0, left.length, right);
  }

  private static int compare(byte[] left, int start, int end, byte[] right) {
    boolean leftUuid = left[start] == UUID_MARK;
    boolean rightUuid = right[0] == UUID_MARK;
    if (leftUuid != rightUuid) {
      return Arrays.compareUnsigned(
          unpack(left, start, end).getBytes(StandardCharsets.UTF_8),
          unpack(right, 0, right.length).getBytes(StandardCharsets.UTF_8));
    }
    // The hexadecimal text of a UUID has the order of its bytes.
    return Arrays.compareUnsigned(
        left, start + header(left, start), end, right, header(right, 0), right.length);
  }

  /** The id at an index as text. */
  String text(int index) {
    int offset = offset(index);
    return unpack(bytes, offset, offset + entryLength(offset));
  }

  private static String unpack(byte[] bytes, int start, int end) {
    if (bytes[start] == UUID_MARK) {
      ByteBuffer uuid = ByteBuffer.wrap(bytes, start + 1, UUID_BYTES);
      return new UUID(uuid.getLong(), uuid.getLong()).toString();
    }
    int header = header(bytes, start);
    return new String(bytes, start + header, end - start - header, StandardCharsets.UTF_8);
  }

  private static int header(byte[] bytes, int start) {
    return bytes[start] >= 0 ? 1 : 2;
  }

  /** Puts ids before all others. */
  void prepend(List<byte[]> packed) {
    int more = 0;
    for (byte[] id : packed) {
      more += id.length;
    }
    byte[] all = new byte[more + length];
    int end = 0;
    for (byte[] id : packed) {
      System.arraycopy(id, 0, all, end, id.length);
      end += id.length;
    }
    System.arraycopy(bytes, 0, all, more, length);
    bytes = all;
    length = all.length;
    fingerprints = null;
  }

  void insert(int index, int size, byte[] id) {
    int offset = index == size ? length : offset(index);
    if (length + id.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + id.length, length + (length >> 1)));
    }
    System.arraycopy(bytes, offset, bytes, offset + id.length, length - offset);
    System.arraycopy(id, 0, bytes, offset, id.length);
    length += id.length;
    if (fingerprints != null) {
      if (count == fingerprints.length) {
        fingerprints = Arrays.copyOf(fingerprints, grown(count));
      }
      System.arraycopy(fingerprints, index, fingerprints, index + 1, count - index);
      fingerprints[index] = fingerprint(id, 0, id.length);
      count++;
    }
  }

  void remove(int index) {
    int offset = offset(index);
    int end = offset + entryLength(offset);
    System.arraycopy(bytes, end, bytes, offset, length - end);
    length -= end - offset;
    if (fingerprints != null) {
      count--;
      System.arraycopy(fingerprints, index + 1, fingerprints, index, count - index);
    }
  }

  OrderIds copy() {
    return new OrderIds(Arrays.copyOf(bytes, length), length);
  }

  void write(DataOutputView out) throws IOException {
    Binary.writeUnsigned(length, out);
    out.write(bytes, 0, length);
  }

  static OrderIds read(DataInputView in) throws IOException {
    byte[] bytes = new byte[(int) Binary.readUnsigned(in)];
    in.readFully(bytes);
    return new OrderIds(bytes, bytes.length);
  }

  private int offset(int index) {
    int offset = 0;
    for (int i = 0; i < index; i++) {
      offset += entryLength(offset);
    }
    return offset;
  }

  private int entryLength(int offset) {
    int first = bytes[offset];
    if (first == UUID_MARK) {
      return 1 + UUID_BYTES;
    }
    return first > 0 ? 1 + first : 2 + ((first & 0x7F) | (bytes[offset + 1] & 0xFF) << 7);
  }
}
