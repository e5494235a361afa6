package io.rekindle.platform.text;

/** ISO 4217 codes packed into 15 bits, so that an order's currency costs two bytes of state. */
public final class CurrencyCodes {

  /** Stands for the base currency of a scoring policy. */
  public static final int BASE = 0;

  private static final int LETTERS = 3;
  private static final int LETTER_BITS = 5;
  private static final int LETTER_MASK = (1 << LETTER_BITS) - 1;

  /** One string per code, created at its first use. */
  private static final String[] CODES = new String[1 << (LETTERS * LETTER_BITS)];

  private CurrencyCodes() {}

  /**
   * Packs three upper-case letters into a positive number below 2<sup>15</sup>.
   *
   * @throws IllegalArgumentException if the code is anything else
   */
  public static int pack(String code) {
    if (!isCode(code)) {
      throw new IllegalArgumentException(
          "'" + code + "' is not a currency code: use three upper-case letters such as EUR");
    }
    return (letter(code, 0) << (2 * LETTER_BITS))
        | (letter(code, 1) << LETTER_BITS)
        | letter(code, 2);
  }

  /**
   * Returns the code that {@link #pack} has packed into the number.
   *
   * @throws IllegalArgumentException if no code has this number
   */
  public static String unpack(int packed) {
    String known = packed > 0 && packed < CODES.length ? CODES[packed] : null;
    if (known != null) {
      return known;
    }
    String code =
        new String(
            new char[] {
              (char) ('A' - 1 + (packed >>> (2 * LETTER_BITS))),
              (char) ('A' - 1 + ((packed >>> LETTER_BITS) & LETTER_MASK)),
              (char) ('A' - 1 + (packed & LETTER_MASK))
            });
    if (packed >>> (3 * LETTER_BITS) != 0 || !isCode(code)) {
      throw new IllegalArgumentException(packed + " is not a packed currency code");
    }
    // Strings are safe to publish without synchronization; at worst two threads make one each.
    CODES[packed] = code;
    return code;
  }

  /**
   * Returns an SQL expression that packs the codes of a column in the same way as {@link #pack}.
   *
   * @param column an SQL expression for three upper-case letters
   */
  public static String packInSql(String column) {
    return "((ascii(%1$s) - 64) * 1024 + (ascii(substr(%1$s, 2)) - 64) * 32 + ascii(substr(%1$s, 3)) - 64)"
        .formatted(column);
  }

  private static boolean isCode(String code) {
    return code.length() == LETTERS
        && isLetter(code.charAt(0))
        && isLetter(code.charAt(1))
        && isLetter(code.charAt(2));
  }

  private static boolean isLetter(char c) {
    return c >= 'A' && c <= 'Z';
  }

  private static int letter(String code, int index) {
    return code.charAt(index) - 'A' + 1;
  }
}
