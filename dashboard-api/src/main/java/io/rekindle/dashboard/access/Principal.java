package io.rekindle.dashboard.access;

import java.util.Set;

/**
 * Who sent a request: the account that is signed in, or the API key.
 *
 * @param id of the account or the key
 * @param name the account's email address or the key's name, as the audit log has it
 * @param role null for an API key
 * @param scopes empty for an account
 * @param csrfToken what every changing request of this session has to bring along; null for a key,
 *     which no browser sends by itself
 */
public record Principal(String id, String name, Role role, Set<Scope> scopes, String csrfToken) {

  public static Principal account(String id, String email, Role role, String csrfToken) {
    return new Principal(id, email, role, Set.of(), csrfToken);
  }

  public static Principal key(String id, String name, Set<Scope> scopes) {
    return new Principal(id, name, null, Set.copyOf(scopes), null);
  }

  public boolean isAccount() {
    return role != null;
  }

  /** Whether this is an account that may do what the role may. */
  public boolean is(Role least) {
    return isAccount() && role.covers(least);
  }
}
