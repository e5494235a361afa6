package io.rekindle.dashboard.signin;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Authenticator;
import io.rekindle.dashboard.web.Principal;
import java.util.Optional;

/** By an API key if the request brings one, else by the session's cookie. */
public final class RequestAuthenticator implements Authenticator {

  private final Sessions sessions;
  private final ApiKeys keys;

  public RequestAuthenticator(Sessions sessions, ApiKeys keys) {
    this.sessions = sessions;
    this.keys = keys;
  }

  @Override
  public Optional<Principal> authenticate(Context ctx) {
    return ctx.header("Authorization") == null ? sessions.principal(ctx) : keys.principal(ctx);
  }
}
