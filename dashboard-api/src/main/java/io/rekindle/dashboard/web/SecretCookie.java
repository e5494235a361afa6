package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/**
 * A cookie that no script reads and no other site has sent along, but by a link to here.
 *
 * @param name the prefix {@code __Host-} makes browsers refuse it unless it is Secure and this
 *     host's own
 * @param secure whether it goes by https alone
 */
public record SecretCookie(String name, boolean secure) {

  /**
   * A cookie that only this server reads.
   *
   * @param name without a prefix
   * @param https whether browsers reach the dashboard by https
   */
  public static SecretCookie of(String name, boolean https) {
    return new SecretCookie(https ? "__Host-" + name : name, https);
  }

  /** The value that came with a request; null if none did. */
  public String read(Context ctx) {
    return ctx.cookie(name);
  }

  /**
   * Sets the cookie.
   *
   * @param seconds how long browsers keep it
   */
  public void set(Context ctx, String value, long seconds) {
    ctx.res()
        .addHeader(
            "Set-Cookie",
            "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
                .formatted(name, value, seconds, secure ? "; Secure" : ""));
  }

  /** Reads the value and removes the cookie; null if no value came. */
  public String take(Context ctx) {
    set(ctx, "", 0);
    return read(ctx);
  }
}
