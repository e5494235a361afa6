package io.rekindle.dashboard.web;

import io.javalin.http.Context;
import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.access.Principal;
import java.util.Optional;

/** Who sent a request. */
public final class Requests {

  private static final String PRINCIPAL = "principal";

  private Requests() {}

  /**
   * The principal of a request.
   *
   * @throws IllegalStateException at a public address, which has no principal
   */
  public static Principal principal(Context ctx) {
    return find(ctx)
        .orElseThrow(
            () -> new IllegalStateException(ctx.path() + " is public: it has no principal"));
  }

  /**
   * The principal and the address of a request, for the audit log.
   *
   * @throws IllegalStateException at a public address, which has no principal
   */
  public static Actor actor(Context ctx) {
    return Actor.of(principal(ctx), ClientAddress.of(ctx));
  }

  static Optional<Principal> find(Context ctx) {
    return Optional.ofNullable(ctx.attribute(PRINCIPAL));
  }

  static void attach(Principal principal, Context ctx) {
    ctx.attribute(PRINCIPAL, principal);
  }
}
