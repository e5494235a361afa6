package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/**
 * How a request says who sent it.
 *
 * @param authorization the header Authorization; null if there is none
 * @param sessionToken value of the session's cookie; null if there is none
 * @param background whether a page sent the request by itself, so that it is no use of the session
 */
public record Credentials(String authorization, String sessionToken, boolean background) {

  /** Sent by a page with what it asks for while no person touches it. */
  public static final String BACKGROUND_HEADER = "X-Background";

  static Credentials of(Context ctx, SecretCookie session) {
    return new Credentials(
        ctx.header("Authorization"),
        session.read(ctx),
        ctx.header(BACKGROUND_HEADER) != null || isStream(ctx));
  }

  /** The same, asked about again without a request. */
  Credentials inBackground() {
    return new Credentials(authorization, sessionToken, true);
  }

  /** A browser's EventSource, which connects again by itself and sends no header of a page's. */
  private static boolean isStream(Context ctx) {
    String accept = ctx.header("Accept");
    return accept != null && accept.startsWith("text/event-stream");
  }

  /** Leaves out the secrets. */
  @Override
  public String toString() {
    return "Credentials[background=" + background + "]";
  }
}
