package io.rekindle.dashboard.database;

/** The rules for every text of a request. */
public final class TextRules {

  private TextRules() {}

  /** The mistake in a text; null if there is none. */
  public static String mistake(String text, int maxLength) {
    if (text.length() > maxLength) {
      return "at most " + maxLength + " characters, not " + text.length() + ".";
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "the character NUL cannot be stored: leave it out.";
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return "half of a surrogate pair is no character: leave it out.";
      }
    }
    return null;
  }
}
