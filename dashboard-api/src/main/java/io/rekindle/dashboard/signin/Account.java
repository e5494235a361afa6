package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.Role;
import java.time.Instant;

/**
 * A person who signs in to the dashboard.
 *
 * @param hasPassword false if they only sign in elsewhere
 * @param lastSignInAt null if never
 */
public record Account(
    String accountId,
    String email,
    String name,
    Role role,
    boolean disabled,
    boolean hasPassword,
    Instant createdAt,
    Instant lastSignInAt) {

  /** What other people can change of an account. */
  public record Edited(String accountId, String name, Role role, boolean disabled) {}

  public Edited edited() {
    return new Edited(accountId, name, role, disabled);
  }
}
