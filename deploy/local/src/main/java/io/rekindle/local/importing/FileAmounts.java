package io.rekindle.local.importing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the amounts of exports: {@code 1234.50}, {@code 1234,50}, {@code 1.234,50}, {@code
 * 1,234.50} and the like. The tables keep two decimals. A currency of more decimals is rounded to
 * them, and so is a computed amount such as {@code 21.4876}; both are counted. What could be a
 * thousand or a thousandth is invalid.
 */
final class FileAmounts {

  private static final int DECIMALS = 2;
  private static final BigDecimal MAX_AMOUNT = new BigDecimal("999999999999.99");
  private static final Pattern PLAIN = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)");
  private static final Pattern GROUPS = Pattern.compile("[\\s\\u00A0\\u202F'’]");
  private static final Pattern COMMA_GROUPS =
      Pattern.compile("[+-]?\\d{1,3}(,\\d{2,3})*,\\d{3}\\.\\d*");
  private static final Pattern POINT_GROUPS =
      Pattern.compile("[+-]?\\d{1,3}(\\.\\d{3})+,\\d*|[+-]?\\d{1,3}(\\.\\d{3}){2,}");
  private static final Pattern MANY_COMMAS = Pattern.compile("[+-]?\\d{1,3}(,\\d{3}){2,}");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d*,\\d+");
  private static final Pattern SYMBOL =
      Pattern.compile("^(?:\\p{Sc}|[A-Z]{2,3}\\p{Sc}?)\\s*|\\s*(?:\\p{Sc}|[A-Z]{3})$");

  private final boolean exact;
  private final boolean commaFile;
  private final Findings findings;
  private final Map<String, Integer> exponents = new HashMap<>();

  /**
   * @param exact whether an amount with more decimals than its currency has, or with the currency
   *     beside it, is invalid
   * @param commaFile whether a comma divides the values of the file
   */
  FileAmounts(boolean exact, boolean commaFile, Findings findings) {
    this.exact = exact;
    this.commaFile = commaFile;
    this.findings = findings;
  }

  /**
   * Reads an amount.
   *
   * @param currency the code of three letters
   * @return at most two decimals
   */
  BigDecimal read(String column, String text, String currency) throws InvalidValueException {
    int exponent = exponents.computeIfAbsent(currency, FileAmounts::exponent);
    BigDecimal amount = new BigDecimal(plain(column, text, exponent));
    if (amount.signum() < 0) {
      throw RowFields.wrong(
          column, text, "amounts are not negative; write a refund as refunded_amount");
    }
    int decimals = amount.stripTrailingZeros().scale();
    if (decimals > exponent && decimals <= DECIMALS) {
      findings.decimalsOfOthers();
    }
    if (decimals > DECIMALS) {
      if (exact && exponent <= DECIMALS) {
        throw RowFields.wrong(column, text, "use at most two decimals");
      }
      BigDecimal rounded = amount.setScale(DECIMALS, RoundingMode.HALF_UP);
      findings.roundedAmount(rounded.subtract(amount));
      amount = rounded;
    }
    if (amount.compareTo(MAX_AMOUNT) > 0) {
      throw RowFields.wrong(column, text, "the largest amount is " + MAX_AMOUNT);
    }
    return amount;
  }

  private String plain(String column, String text, int exponent) throws InvalidValueException {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    String digits = exact ? text : SYMBOL.matcher(text).replaceAll("");
    digits = GROUPS.matcher(digits).replaceAll("");
    if (PLAIN.matcher(digits).matches()) {
      return digits;
    }
    if (COMMA_GROUPS.matcher(digits).matches() || MANY_COMMAS.matcher(digits).matches()) {
      return digits.replace(",", "");
    }
    if (POINT_GROUPS.matcher(digits).matches()) {
      return digits.replace(".", "").replace(',', '.');
    }
    if (DECIMAL_COMMA.matcher(digits).matches()) {
      boolean three = digits.length() - digits.indexOf(',') - 1 == 3;
      if (three && (commaFile || exponent != 3)) {
        throw RowFields.wrong(
            column, text, "the comma may divide thousands or decimals: write 1234 or 1.23");
      }
      return digits.replace(',', '.');
    }
    throw RowFields.wrong(
        column, text, "write an amount such as 19.90, without currency or separators");
  }

  private static int exponent(String currency) {
    try {
      // Gold and the like have no digits of their own.
      int digits = Currency.getInstance(currency).getDefaultFractionDigits();
      return digits < 0 ? DECIMALS : digits;
    } catch (IllegalArgumentException e) {
      return DECIMALS;
    }
  }
}
