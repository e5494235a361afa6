package io.rekindle.email.check;

import java.util.regex.Pattern;

/** Regular expressions that begin and end with a word, in all scripts. */
final class WholeWords {

  static final String START = "(?<![\\p{L}\\p{N}])";
  static final String END = "(?![\\p{L}\\p{N}])";

  private WholeWords() {}

  /** One of the alternatives, between the start and the end of words. */
  static Pattern of(String alternatives, int flags) {
    return Pattern.compile(START + "(?:" + alternatives + ")" + END, flags);
  }
}
