package io.rekindle.dashboard.security;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Authenticator;
import io.rekindle.dashboard.http.Caller;
import java.util.Optional;

/** By an API key if the request brings one, else by the session's cookie. */
public final class Callers implements Authenticator {

  private final Sessions sessions;
  private final ApiKeys keys;

  public Callers(Sessions sessions, ApiKeys keys) {
    this.sessions = sessions;
    this.keys = keys;
  }

  @Override
  public Optional<Caller> authenticate(Context ctx) {
    return ctx.header("Authorization") == null ? sessions.caller(ctx) : keys.caller(ctx);
  }
}
