package io.rekindle.scoring.document;

/** A document is not a valid scoring policy. The message names the place and the fix. */
public final class InvalidPolicyException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String path;

  InvalidPolicyException(String path, String problem) {
    super(path + ": " + problem);
    this.path = path;
  }

  /** The place in the document as a JSON path such as {@code $.recency.tiers[2].points}. */
  public String path() {
    return path;
  }
}
