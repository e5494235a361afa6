package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/** What every answer says about how it may be used. A handler may say something stricter. */
public final class SecurityHeaders {

  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self';"
          + " base-uri 'none'; frame-ancestors 'none'";

  private final boolean https;

  /**
   * @param https whether browsers reach the dashboard by https, and so must not by anything else
   */
  public SecurityHeaders(boolean https) {
    this.https = https;
  }

  public void apply(Context ctx) {
    // Every answer may hold personal data; assets say otherwise for themselves.
    ctx.header("Cache-Control", "no-store");
    ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    ctx.header("Cross-Origin-Opener-Policy", "same-origin");
    ctx.header("Cross-Origin-Resource-Policy", "same-origin");
    ctx.header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
    ctx.header("Referrer-Policy", "same-origin");
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("X-Frame-Options", "DENY");
    if (https) {
      ctx.header("Strict-Transport-Security", "max-age=31536000");
    }
  }
}
