package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.web.Authenticator;
import io.rekindle.dashboard.web.Credentials;
import io.rekindle.dashboard.web.Principal;
import java.util.Optional;

/** Authenticates by an API key if the request brings one, else by the session's cookie. */
public final class RequestAuthenticator implements Authenticator {

  private final Sessions sessions;
  private final ApiKeys keys;

  public RequestAuthenticator(Sessions sessions, ApiKeys keys) {
    this.sessions = sessions;
    this.keys = keys;
  }

  @Override
  public Optional<Principal> authenticate(Credentials credentials) {
    return credentials.authorization() == null
        ? sessions.principal(credentials.sessionToken())
        : keys.principal(credentials.authorization());
  }
}
