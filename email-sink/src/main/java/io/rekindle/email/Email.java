package io.rekindle.email;

/**
 * An email without its addresses.
 *
 * @param subject one line of at most {@value #MAX_SUBJECT} characters, safe as a header's value
 * @param preheader one line of at most {@value #MAX_PREHEADER} characters that mail programs show
 *     beside the subject; it is in the HTML, too
 * @param html a whole document
 * @param text the same message as plain text, lines ending in LF
 */
public record Email(String subject, String preheader, String html, String text) {

  /** Longest subject, in characters as the reader counts them. */
  public static final int MAX_SUBJECT = 78;

  /** Longest preheader, in characters as the reader counts them. */
  public static final int MAX_PREHEADER = 110;

  /**
   * @throws IllegalArgumentException if subject or preheader is empty or too long, or has
   *     characters that could forge a header or change the order of letters
   */
  public Email {
    requireLine("subject", subject, MAX_SUBJECT);
    requireLine("preheader", preheader, MAX_PREHEADER);
  }

  private static void requireLine(String name, String value, int limit) {
    if (value.isEmpty() || !SingleLine.of(value, limit).equals(value)) {
      throw new IllegalArgumentException("not a plain line of 1 to " + limit + ": " + name);
    }
  }
}
