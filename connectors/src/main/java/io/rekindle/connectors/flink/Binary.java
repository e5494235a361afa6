package io.rekindle.connectors.flink;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes numbers with variable length, and texts as Latin-1 if possible, else as UTF-8.
 *
 * <p>A text is a number n and then bytes. If n is 0, the text is null. Otherwise n - 1 is twice the
 * number of bytes, plus one for UTF-8.
 *
 * <p>Not thread-safe: the buffer is reused.
 */
public final class Binary {

  private byte[] buffer = new byte[128];

  /** Writes a non-negative number, or a negative one in ten bytes. */
  public static void writeUnsigned(long number, DataOutputView out) throws IOException {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  public static long readUnsigned(DataInputView in) throws IOException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.readByte();
      number |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IOException("A number has more than ten bytes: the data is damaged");
  }

  /** Writes a number of either sign. Numbers near zero are short. */
  public static void writeSigned(long number, DataOutputView out) throws IOException {
    writeUnsigned((number << 1) ^ (number >> 63), out);
  }

  public static long readSigned(DataInputView in) throws IOException {
    long number = readUnsigned(in);
    return (number >>> 1) ^ -(number & 1);
  }

  /**
   * Writes the number of elements of something that may be null.
   *
   * @param length -1 for null
   */
  static void writeLength(int length, DataOutputView out) throws IOException {
    writeUnsigned(length + 1L, out);
  }

  /** Reads the number of elements; -1 for null. */
  static int readLength(DataInputView in) throws IOException {
    return Math.toIntExact(readUnsigned(in)) - 1;
  }

  public void writeText(String text, DataOutputView out) throws IOException {
    if (text == null) {
      out.writeByte(0);
      return;
    }
    int length = text.length();
    byte[] bytes = bufferOf(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c > 0xFF) {
        writeUtf8(text, out);
        return;
      }
      bytes[i] = (byte) c;
    }
    writeUnsigned(((long) length << 1) + 1, out);
    out.write(bytes, 0, length);
  }

  private static void writeUtf8(String text, DataOutputView out) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    writeUnsigned((((long) bytes.length << 1) | 1) + 1, out);
    out.write(bytes);
  }

  public String readText(DataInputView in) throws IOException {
    long header = readUnsigned(in);
    if (header == 0) {
      return null;
    }
    int length = Math.toIntExact((header - 1) >>> 1);
    byte[] bytes = bufferOf(length);
    in.readFully(bytes, 0, length);
    return new String(bytes, 0, length, ((header - 1) & 1) == 0 ? ISO_8859_1 : UTF_8);
  }

  private byte[] bufferOf(int length) {
    if (buffer.length < length) {
      buffer = new byte[Math.max(length, 2 * buffer.length)];
    }
    return buffer;
  }
}
