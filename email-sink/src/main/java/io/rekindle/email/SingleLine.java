package io.rekindle.email;

import java.text.BreakIterator;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Makes text from outside fit for one line that a person reads: a subject, a name, a category. */
public final class SingleLine {

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  /** A base letter with more marks than any script stacks is there to paint over other lines. */
  private static final int MAX_MARKS = 4;

  private SingleLine() {}

  /**
   * Returns the text on one line, with each white space and line break as one space. Removes
   * control characters, bidi controls, invisible characters, broken surrogates and towers of
   * combining marks. Cuts the text with an ellipsis to {@code limit} characters as a reader counts
   * them.
   *
   * @param text null counts as empty
   */
  public static String of(String text, int limit) {
    return text == null ? "" : cut(join(text, Integer.MAX_VALUE, new VisibleText()), limit);
  }

  /**
   * Returns the text with each run of white space and line breaks as one space.
   *
   * @param limit code units after which the text is cut off
   * @param kept asked once for each other code point, in their order; false leaves it out
   */
  public static String join(String text, int limit, IntPredicate kept) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), 1024));
    boolean space = false;
    for (int i = 0; i < text.length() && line.length() < limit; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = true;
      } else if (kept.test(c)) {
        if (space && line.length() > 0) {
          line.append(' ');
        }
        space = false;
        line.appendCodePoint(c);
      }
    }
    return line.toString();
  }

  /** Leaves out invisible characters and towers of marks. */
  private static final class VisibleText implements IntPredicate {

    private int marks;

    @Override
    public boolean test(int c) {
      marks = isMark(c) ? marks + 1 : 0;
      return !isUnwanted(c) && marks <= MAX_MARKS;
    }
  }

  /** Whether a format character hides text or turns it around. */
  public static boolean isMisleading(int c) {
    // The joiners shape letters in Persian and Indic scripts, and emoji.
    return Character.getType(c) == Character.FORMAT
        && c != ZERO_WIDTH_NON_JOINER
        && c != ZERO_WIDTH_JOINER;
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean isUnwanted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
          true;
      default -> isMisleading(c);
    };
  }

  private static String cut(String line, int limit) {
    if (line.length() <= limit) {
      return line; // A reader never counts more characters than there are.
    }
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(line);
    int end = characters.next(limit);
    if (end == BreakIterator.DONE || end == line.length()) {
      return capped(line, limit);
    }
    characters.first();
    return capped(line.substring(0, characters.next(limit - 1)).strip() + "…", limit);
  }

  /** Joiners can make one reader's character of any number of code points: bound those as well. */
  private static String capped(String line, int limit) {
    return line.length() <= limit * (MAX_MARKS + 1)
        ? line
        : line.substring(0, line.offsetByCodePoints(0, limit - 1)).strip() + "…";
  }
}
