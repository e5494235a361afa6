package io.rekindle.email.sender.mail;

/**
 * Makes any text fit to be a header's value. Mail libraries encode what is not ASCII but take a
 * line break for what it is, so that a text could bring headers of its own.
 */
public final class HeaderText {

  private static final int LIMIT = 250;

  private HeaderText() {}

  /**
   * Returns the text with each run of white space and line breaks as one space. Removes control
   * characters, characters that change the direction of letters, and broken surrogates. Cuts the
   * text to {@value #LIMIT} code units.
   */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), LIMIT));
    boolean space = false;
    for (int i = 0; i < text.length() && line.length() < LIMIT; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = true;
        continue;
      }
      if (isUnwanted(c)) {
        continue;
      }
      if (space && line.length() > 0) {
        line.append(' ');
      }
      space = false;
      line.appendCodePoint(c);
    }
    return line.toString();
  }

  private static boolean isUnwanted(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.SURROGATE -> true;
      // The zero-width joiners shape letters and emoji; the others hide or turn text around.
      case Character.FORMAT -> c != 0x200C && c != 0x200D;
      default -> false;
    };
  }
}
