package io.rekindle.email.check;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The forms of numbers in texts: digits in all scripts, and English words with a unit. */
final class NumberForms {

  /** With separators of groups and decimals: 1,234.50 and 1.234,50 and 1 234,50. */
  static final String NUMBER =
      "\\p{Nd}+(?:[.,'’\\u00a0\\u202f]\\p{Nd}+|[ \\u00a0\\u202f]\\p{Nd}{3}(?!\\p{Nd}))*";

  /** Each word is worth one more than the one before. */
  private static final List<String> FROM_TWO =
      words(
          "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
              + " sixteen seventeen eighteen nineteen twenty");

  /** Each word is worth ten more than the one before. */
  private static final List<String> FROM_THIRTY =
      words("thirty forty fifty sixty seventy eighty ninety hundred");

  private static final String DOZEN = "dozen";

  /** A number in words, and the unit that it counts. */
  static final Pattern COUNTED =
      Pattern.compile(
          "\\b(%s|%s|%s)\\s+(?:more\\s+)?(orders?|times?|purchases?|days?|weeks?|months?|years?|hours?|percent|euros?|dollars?|pounds?)\\b"
              .formatted(String.join("|", FROM_TWO), String.join("|", FROM_THIRTY), DOZEN),
          Pattern.CASE_INSENSITIVE);

  private NumberForms() {}

  private static List<String> words(String words) {
    return List.of(words.split(" "));
  }

  /** The number of a word that {@link #COUNTED} finds. */
  static int count(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.equals(DOZEN)) {
      return 12;
    }
    int units = FROM_TWO.indexOf(lower);
    return units >= 0 ? 2 + units : 30 + 10 * FROM_THIRTY.indexOf(lower);
  }

  /**
   * The value of a number in any of the usual forms. The last separator begins the decimals if one
   * or two digits follow; all others separate groups of three digits.
   *
   * @return null if it is in no such form
   */
  static BigDecimal value(String number) {
    String[] parts = digits(number).split("[^0-9]+", -1);
    int last = parts.length - 1;
    boolean decimals = last > 0 && parts[last].length() <= 2;
    StringBuilder whole = new StringBuilder(parts[0]);
    for (int i = 1; i <= (decimals ? last - 1 : last); i++) {
      if (parts[i].length() != 3) {
        return null;
      }
      whole.append(parts[i]);
    }
    if (whole.length() > 15) {
      return null;
    }
    return new BigDecimal(decimals ? whole + "." + parts[last] : whole.toString());
  }

  /** The same with ASCII digits. */
  static String digits(String number) {
    StringBuilder ascii = new StringBuilder(number.length());
    number
        .codePoints()
        .forEach(
            c -> {
              if (Character.isDigit(c)) {
                ascii.append(Character.digit(c, 10));
              } else {
                ascii.appendCodePoint(c);
              }
            });
    return ascii.toString();
  }
}
