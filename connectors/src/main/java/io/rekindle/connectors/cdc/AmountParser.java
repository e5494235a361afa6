package io.rekindle.connectors.cdc;

/** Reads values of numeric(14,2) as hundredths, without an object. */
final class AmountParser {

  /** The result for a text that is no plain decimal number. */
  static final long INVALID = Long.MIN_VALUE;

  /** The result for more than twelve digits before the point, or more than two behind it. */
  static final long OUT_OF_RANGE = Long.MIN_VALUE + 1;

  private static final int MAX_INTEGER_DIGITS = 12;

  private AmountParser() {}

  /**
   * Reads an optional sign, digits, and decimals behind a point. An exponent is invalid.
   *
   * @return hundredths, or {@link #INVALID} or {@link #OUT_OF_RANGE}
   */
  static long parse(char[] text, int start, int length) {
    int end = start + length;
    int position = start;
    boolean negative = position < end && text[position] == '-';
    if (negative) {
      position++;
    }
    long number = 0;
    int firstDigit = position;
    int significant = 0;
    for (; position < end && isDigit(text[position]); position++) {
      significant += significant > 0 || text[position] != '0' ? 1 : 0;
      if (significant <= MAX_INTEGER_DIGITS) {
        number = number * 10 + (text[position] - '0');
      }
    }
    if (position == firstDigit) {
      return INVALID;
    }
    number *= 100;
    boolean finerThanHundredths = false;
    if (position < end && text[position] == '.') {
      int firstDecimal = ++position;
      for (; position < end && isDigit(text[position]); position++) {
        int digit = text[position] - '0';
        int place = position - firstDecimal;
        number += place == 0 ? 10 * digit : place == 1 ? digit : 0;
        finerThanHundredths |= place > 1 && digit != 0;
      }
      if (position == firstDecimal) {
        return INVALID;
      }
    }
    if (position != end) {
      return INVALID;
    }
    if (significant > MAX_INTEGER_DIGITS || finerThanHundredths) {
      return OUT_OF_RANGE;
    }
    return negative ? -number : number;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
