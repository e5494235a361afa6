package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.database.TextRules;

/**
 * The address that a request comes from: the connected one, or the one that a proxy in front
 * reports. Any client can write the header, so it counts only where a proxy always adds to it.
 */
public final class ClientAddress {

  private static final String ATTRIBUTE = "address";
  private static final int MAX_LENGTH = 64;

  private final boolean trustProxy;

  /**
   * Makes the rule.
   *
   * @param trustProxy whether the last address in X-Forwarded-For is the proxy's word
   */
  public ClientAddress(boolean trustProxy) {
    this.trustProxy = trustProxy;
  }

  /** Notes the address, to be found by {@link #of}. */
  public void note(Context ctx) {
    String forwarded = trustProxy ? ctx.header("X-Forwarded-For") : null;
    if (forwarded != null) {
      String last = forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
      if (!last.isEmpty()
          && last.length() <= MAX_LENGTH
          && TextRules.mistake(last, MAX_LENGTH) == null) {
        ctx.attribute(ATTRIBUTE, last);
      }
    }
  }

  public static String of(Context ctx) {
    String noted = ctx.attribute(ATTRIBUTE);
    return noted == null ? ctx.ip() : noted;
  }
}
