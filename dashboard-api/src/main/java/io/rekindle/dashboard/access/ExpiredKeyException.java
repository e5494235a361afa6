package io.rekindle.dashboard.access;

import java.time.Instant;

/** An API key that was valid until it expired. */
public final class ExpiredKeyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param prefix the first characters of the key
   */
  public ExpiredKeyException(String prefix, Instant expiredAt) {
    super(
        "The API key " + prefix + "… expired at " + expiredAt + ": an admin can make a new one.",
        null,
        false,
        false);
  }
}
