package io.rekindle.platform.text;

/**
 * Keeps a spreadsheet from taking a text of an export for a formula, by an apostrophe, and takes
 * that apostrophe off when the export is imported. The two are each other's inverse.
 *
 * <p>A spreadsheet divides a line by the separator of its own country. So a cell can begin behind
 * each separator, line break or tab within a text, and each beginning is guarded.
 *
 * <p>Source of the characters: OWASP, CSV Injection
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
public final class FormulaGuard {

  /** The signs of a formula, also in the full width of East Asian keyboards. */
  private static final String SIGNS = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

  private static final String SEPARATORS = ",;|\t\r\n";
  private static final char GUARD = '\'';

  private FormulaGuard() {}

  /** Puts an apostrophe in front of each place where a cell could begin as a formula. */
  public static String add(String text) {
    StringBuilder guarded = null;
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean sign = SIGNS.indexOf(c) >= 0;
      if ((begins && (sign || isGuard(text, i))) || (i == 0 && hidesNumber(text))) {
        if (guarded == null) {
          guarded = new StringBuilder(text.length() + 8).append(text, 0, i);
        }
        guarded.append(GUARD);
      }
      begins = SEPARATORS.indexOf(c) >= 0 || (begins && (c == ' ' || c == '"'));
      if (guarded != null) {
        guarded.append(c);
      }
    }
    return guarded == null ? text : guarded.toString();
  }

  /** Takes the apostrophes of {@link #add} off, and those that other programs write like it. */
  public static String remove(String text) {
    if (text.indexOf(GUARD) < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    boolean begins = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (begins && isGuard(text, i)) {
        i++;
        c = text.charAt(i);
      }
      plain.append(c);
      begins = SEPARATORS.indexOf(c) >= 0 || (begins && (c == ' ' || c == '"'));
    }
    return plain.toString();
  }

  /**
   * Whether a text is an apostrophe and a digit, by which exports keep a long number whole. It is
   * taken off an id, and off no other text.
   */
  public static boolean hidesNumber(String text) {
    return text.length() > 1
        && text.charAt(0) == GUARD
        && text.charAt(1) >= '0'
        && text.charAt(1) <= '9';
  }

  /** Whether an apostrophe stands in front of a sign or of another apostrophe. */
  private static boolean isGuard(String text, int i) {
    return text.charAt(i) == GUARD
        && i + 1 < text.length()
        && (SIGNS.indexOf(text.charAt(i + 1)) >= 0 || text.charAt(i + 1) == GUARD);
  }
}
