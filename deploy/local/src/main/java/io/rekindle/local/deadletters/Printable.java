package io.rekindle.local.deadletters;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Turns any bytes into text that is safe for a terminal. Invisible characters and bytes that are
 * not UTF-8 become escapes.
 */
public final class Printable {

  private Printable() {}

  /**
   * Returns the bytes as text that a terminal can show.
   *
   * @param maxBytes the most bytes to show; the text ends with the number of the others
   */
  public static String of(byte[] bytes, int maxBytes) {
    if (bytes == null) {
      return "(null)";
    }
    int shown = Math.min(bytes.length, maxBytes);
    String text = escape(bytes, shown);
    return shown == bytes.length ? text : text + " … and %,d bytes".formatted(bytes.length - shown);
  }

  private static String escape(byte[] bytes, int length) {
    StringBuilder text = new StringBuilder(length);
    try {
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      decoded.codePoints().forEach(codePoint -> append(codePoint, text));
    } catch (CharacterCodingException e) {
      for (int i = 0; i < length; i++) {
        int octet = bytes[i] & 0xFF;
        if (octet >= 0x20 && octet < 0x7F) {
          append(octet, text);
        } else {
          text.append("\\x%02x".formatted(octet));
        }
      }
    }
    return text.toString();
  }

  private static void append(int codePoint, StringBuilder text) {
    boolean visible =
        switch (Character.getType(codePoint)) {
          // Format characters can change the direction of writing.
          case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.PRIVATE_USE,
              Character.SURROGATE,
              Character.UNASSIGNED ->
              false;
          default -> true;
        };
    if (visible) {
      text.appendCodePoint(codePoint);
    } else {
      text.append("\\u{%x}".formatted(codePoint));
    }
  }
}
