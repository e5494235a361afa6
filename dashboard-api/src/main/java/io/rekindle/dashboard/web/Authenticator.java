package io.rekindle.dashboard.web;

import io.rekindle.dashboard.access.ExpiredKeyException;
import io.rekindle.dashboard.access.Principal;
import java.util.Optional;

/** Finds the sender of a request. */
@FunctionalInterface
public interface Authenticator {

  /**
   * Empty if the credentials are missing, unknown or no longer valid.
   *
   * @throws ExpiredKeyException if they are an API key that has expired
   */
  Optional<Principal> authenticate(Credentials credentials);
}
