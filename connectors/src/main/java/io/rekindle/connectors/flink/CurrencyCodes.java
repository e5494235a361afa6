package io.rekindle.connectors.flink;

/** ISO 4217 codes as 15 bits: five for each of the three letters A to Z. */
final class CurrencyCodes {

  /** One string per code, made when first met: orders come by the million, currencies do not. */
  private static final String[] TEXTS = new String[1 << 15];

  private CurrencyCodes() {}

  /**
   * Packs a code.
   *
   * @throws IllegalArgumentException unless the code is three letters A to Z
   */
  static int pack(String code) {
    int packed = 0;
    if (code.length() != 3) {
      throw notACode(code);
    }
    for (int i = 0; i < 3; i++) {
      int letter = code.charAt(i) - 'A';
      if (letter < 0 || letter > 25) {
        throw notACode(code);
      }
      packed = (packed << 5) | letter;
    }
    return packed;
  }

  static String unpack(int packed) {
    // Strings are safe to publish without synchronization; at worst two threads make one each.
    String text = TEXTS[packed];
    if (text == null) {
      text = "" + letter(packed >> 10) + letter(packed >> 5) + letter(packed);
      TEXTS[packed] = text;
    }
    return text;
  }

  private static char letter(int bits) {
    return (char) ('A' + (bits & 0x1F));
  }

  private static IllegalArgumentException notACode(String code) {
    return new IllegalArgumentException(
        "'" + code + "' is no currency code of three letters A to Z");
  }
}
