package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/**
 * How a request says who sent it.
 *
 * @param authorization the header Authorization; null if there is none
 * @param sessionToken value of the session's cookie; null if there is none
 */
public record Credentials(String authorization, String sessionToken) {

  static Credentials of(Context ctx, SecretCookie session) {
    return new Credentials(ctx.header("Authorization"), session.read(ctx));
  }
}
