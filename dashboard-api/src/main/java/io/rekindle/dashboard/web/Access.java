package io.rekindle.dashboard.web;

import io.javalin.security.RouteRole;
import io.rekindle.dashboard.access.Principal;
import io.rekindle.dashboard.access.Role;
import io.rekindle.dashboard.access.Scope;

/**
 * The access rule of an address: public, or accounts from a role on and perhaps API keys with a
 * scope.
 *
 * @param least the least role of an account; null if the address is public
 * @param scope the scope that lets an API key in; null if no key may
 */
public record Access(Role least, Scope scope) implements RouteRole {

  /** Needs no sign-in. */
  public static final Access PUBLIC = new Access(null, null);

  public static final Access VIEWER = new Access(Role.VIEWER, null);
  public static final Access ANALYST = new Access(Role.ANALYST, null);
  public static final Access ADMIN = new Access(Role.ADMIN, null);

  /** These accounts, and API keys with a scope. */
  public Access orKey(Scope keyScope) {
    return new Access(least, keyScope);
  }

  boolean isPublic() {
    return least == null;
  }

  boolean admits(Principal principal) {
    return isPublic()
        || (principal.isAccount()
            ? principal.role().covers(least)
            : scope != null && principal.scopes().contains(scope));
  }
}
