package io.rekindle.dashboard.access;

/**
 * Who changes something, for the audit log.
 *
 * @param name email address of an account, name of an API key, or a part of the system
 * @param kind ACCOUNT, API_KEY, SYSTEM or ANONYMOUS
 * @param address IP address that the request came from; null if no request did
 */
public record Actor(String name, String kind, String address) {

  /** The one who sent a request from an IP address. */
  public static Actor of(Principal principal, String address) {
    return new Actor(principal.name(), principal.isAccount() ? "ACCOUNT" : "API_KEY", address);
  }

  /** A part of the system, such as an OpenID provider. */
  public static Actor system(String name, String address) {
    return new Actor(name, "SYSTEM", address);
  }
}
