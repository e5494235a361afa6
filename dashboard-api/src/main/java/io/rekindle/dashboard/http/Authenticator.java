package io.rekindle.dashboard.http;

import io.javalin.http.Context;
import java.util.Optional;

/** Finds out who sent a request. */
@FunctionalInterface
public interface Authenticator {

  /** Empty if the request names nobody, or somebody who is not let in any more. */
  Optional<Caller> authenticate(Context ctx);
}
