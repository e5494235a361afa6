package io.rekindle.email.sender.mail;

import io.rekindle.email.SingleLine;

/**
 * Makes any text fit to be a header's value. Mail libraries encode other characters than ASCII, but
 * keep line breaks, so that a text could add headers of its own.
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
    return SingleLine.join(text, LIMIT, HeaderText::isKept);
  }

  private static boolean isKept(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL && type != Character.SURROGATE && !SingleLine.isMisleading(c);
  }
}
