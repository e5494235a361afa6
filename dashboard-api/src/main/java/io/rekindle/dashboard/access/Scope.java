package io.rekindle.dashboard.access;

import java.util.Arrays;
import java.util.Optional;

/** What an API key may do. */
public enum Scope {
  READ("read"),
  USERS_WRITE("users:write"),
  ORDERS_WRITE("orders:write");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  /** The scope as the API writes it. */
  public String text() {
    return text;
  }

  /** The scope that is written so; empty if there is none. */
  public static Optional<Scope> of(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }
}
