package io.rekindle.dashboard.web;

import io.javalin.http.Context;

/**
 * Who changes something, for the audit log.
 *
 * @param name email address of an account, name of an API key, or a part of the system
 * @param kind ACCOUNT, API_KEY, SYSTEM or ANONYMOUS
 * @param address IP address that the request came from; null if no request did
 */
public record Actor(String name, String kind, String address) {

  /**
   * The principal of a request.
   *
   * @throws IllegalStateException at a public address
   */
  public static Actor of(Context ctx) {
    Principal principal = Principal.of(ctx);
    return new Actor(
        principal.name(), principal.isAccount() ? "ACCOUNT" : "API_KEY", ClientAddress.of(ctx));
  }

  /** A part of the system, such as an OpenID provider. */
  public static Actor system(String name, String address) {
    return new Actor(name, "SYSTEM", address);
  }
}
