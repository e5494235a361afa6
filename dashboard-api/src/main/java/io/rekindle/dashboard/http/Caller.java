package io.rekindle.dashboard.http;

import io.javalin.http.Context;
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
public record Caller(String id, String name, Role role, Set<Scope> scopes, String csrfToken) {

  private static final String ATTRIBUTE = "caller";

  public static Caller account(String id, String email, Role role, String csrfToken) {
    return new Caller(id, email, role, Set.of(), csrfToken);
  }

  public static Caller key(String id, String name, Set<Scope> scopes) {
    return new Caller(id, name, null, Set.copyOf(scopes), null);
  }

  public boolean isAccount() {
    return role != null;
  }

  /** Whether this is an account that may do what the role may. */
  public boolean is(Role least) {
    return isAccount() && role.covers(least);
  }

  /**
   * Who sent this request.
   *
   * @throws IllegalStateException at a public address, where nobody is asked
   */
  public static Caller of(Context ctx) {
    Caller caller = ctx.attribute(ATTRIBUTE);
    if (caller == null) {
      throw new IllegalStateException(ctx.path() + " is public: it has no caller");
    }
    return caller;
  }

  void attachTo(Context ctx) {
    ctx.attribute(ATTRIBUTE, this);
  }
}
