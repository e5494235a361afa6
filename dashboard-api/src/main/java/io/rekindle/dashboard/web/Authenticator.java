package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import java.util.Optional;

/** Finds out who sent a request. */
@FunctionalInterface
public interface Authenticator {

  /** Empty if the request names nobody, or somebody who is not let in any more. */
  Optional<Principal> authenticate(Context ctx);
}
