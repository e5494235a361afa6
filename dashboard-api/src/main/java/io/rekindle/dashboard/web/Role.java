package io.rekindle.dashboard.web;

/** What an account may do; each role may do all that those before it may. */
public enum Role {
  /** Sees everything but settings. */
  VIEWER,
  /** Also records clients and orders, writes to nobody and changes what the analysis goes by. */
  ANALYST,
  /** Also changes how the pipeline scores and writes, erases people, and grants access. */
  ADMIN;

  /** Whether this role may do what {@code least} may. */
  public boolean covers(Role least) {
    return compareTo(least) >= 0;
  }
}
